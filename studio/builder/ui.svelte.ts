// Which panels and dialogs are open: nothing of the page that is edited.
export type Side = 'blocks' | 'outline' | 'layers';
export type Open = '' | 'publish' | 'history' | 'units' | 'commands' | 'phone' | 'audiences' | 'audit' | 'roles' | 'names' | 'sources' | 'usage';

/** The server follows a developer's folder (serve --watch). */
export const follows = 'follows' in (document.querySelector<HTMLElement>('#app')?.dataset ?? {});

class Ui {
  side = $state<Side>('blocks');
  sheet = $state<'' | 'side' | 'props'>(''); // which panel covers a narrow screen
  open = $state<Open>('');
  audience = ''; // at which the audiences are to open
  touched = ''; // a record, about which the audit is to open: "task/17"
  started = $state(false);
  stands = $state(false); // the canvas is there: what can wait waits for it
  collection = $state<string>(); // the records room is open, at this one or at none yet

  /** A step that the browser's way back undoes. */
  goTo(collection: string | undefined): void {
    if ((collection === undefined) !== (this.collection === undefined)) history.pushState(null, '', location.href);
    this.collection = collection;
  }

  show(what: Side | 'props'): void {
    const again = what === 'props' ? this.sheet === 'props' : this.sheet === 'side' && this.side === what;
    if (what !== 'props') this.side = what;
    this.sheet = again ? '' : what === 'props' ? 'props' : 'side';
  }
}

export const ui = new Ui();
