// Blocks taken from one page to another, also in another unit or tab: as text of our own.
import { editor, type Copied } from './model.svelte.ts';
import { t } from './text.ts';

const NAME = 'pinban.clipboard';

/** What was copied; nothing when it is not of ours. */
function kept(): Copied[][] {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? '[]') as Copied[][];
  } catch {
    return [];
  }
}

export const clipboard = {
  copy(): void {
    const inner = new Set(editor.selected.flatMap((id) => editor.inside(id).map((block) => block.id)));
    const order = (editor.preview?.blocks ?? []).map((block) => block.id).filter((id) => editor.selected.includes(id) && !inner.has(id));
    const copied = order.map((id) => editor.copied(id));
    localStorage.setItem(NAME, JSON.stringify(copied));
    editor.tell(t('copied'));
  },

  async cut(): Promise<void> {
    if (!editor.canEdit) return;
    this.copy();
    await editor.remove([...editor.selected]);
  },

  async paste(): Promise<void> {
    const copied = kept();
    if (!copied.length || !editor.canEdit) return editor.tell(t('nothing_to_paste'), true);
    const behind = editor.block;
    let after = behind?.id ?? editor.inRegion('main').at(-1)?.id ?? '';
    const pasted: string[] = [];
    const verbs = copied.flatMap((blocks) => {
      const said = editor.copyOf(blocks, behind?.region ?? 'main', after);
      after = said[0]?.block ?? after;
      pasted.push(after);
      return said;
    });
    if (await editor.run(verbs)) editor.selected = pasted;
  },
};
