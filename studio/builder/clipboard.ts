// Blocks taken from one page to another, also in another unit or tab: as text of our own.
import { editor, type Copied } from './model.svelte.ts';
import { t } from './text.ts';

const NAME = 'pinban.clipboard';

export const clipboard = {
  copy(): void {
    const copied = editor.selected.map((id) => editor.copied(id)).filter((one) => one.length);
    localStorage.setItem(NAME, JSON.stringify(copied));
    editor.tell(t('copied'));
  },

  async cut(): Promise<void> {
    if (!editor.canEdit) return;
    this.copy();
    await editor.remove([...editor.selected]);
  },

  async paste(): Promise<void> {
    const copied = JSON.parse(localStorage.getItem(NAME) ?? '[]') as Copied[][];
    if (!copied.length || !editor.canEdit) return editor.tell(t('nothing_to_paste'), true);
    const behind = editor.block;
    const verbs = copied.flatMap((blocks) => editor.copyOf(blocks, behind?.region ?? 'main', behind?.id ?? editor.inRegion('main').at(-1)?.id ?? ''));
    if (await editor.run(verbs)) editor.selected = verbs.filter((verb) => verb.after !== undefined).map((verb) => verb.block ?? '');
  },
};
