/* Signing in again without leaving the page, so that nothing typed is lost. Loaded when it is needed; it shares nothing
   with the page's script, which therefore stays one file. */

/** Opens the door; `onIn` runs when she is in. */
export function openDoor(onIn: () => void) {
  const dialog = document.getElementById('live-door') as HTMLDialogElement;
  const form = dialog.querySelector('form') as HTMLFormElement;
  const failed = dialog.querySelector('[role=alert]') as HTMLElement;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    const reply = await fetch(form.action, { method: 'POST', redirect: 'manual', body }).catch(() => undefined);
    const isIn = reply?.type === 'opaqueredirect';
    failed.hidden = isIn;
    if (!isIn) return;
    form.reset();
    dialog.close();
    onIn();
  };
  const close = dialog.querySelector<HTMLElement>('[type=button]');
  if (close) close.onclick = () => dialog.close();
  dialog.showModal();
}
