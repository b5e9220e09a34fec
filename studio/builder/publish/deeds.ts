// What can be done with a revision, by whoever looks.
import { editor } from '../model.svelte.ts';
import type { Revision } from '../types.ts';
import { whoOf } from './plan.ts';
import { w } from './words.ts';

export interface Deed {
  verb: 'approve' | 'withdraw' | 'advance' | 'halt' | 'resume' | 'rollback';
  label: string;
  icon: string;
  primary?: boolean;
  danger?: boolean;
  help?: string; // what comes of it
  asks: 'why' | 'remark' | 'nothing'; // before it is done
  done?: string;
}

/** Every step wants a reason; this is one when nothing was remarked. */
export const UNSAID = '–';
export const said = (reason: string | undefined): string | undefined => (reason === UNSAID ? undefined : reason);

function ofProposal(revision: Revision, may: boolean): Deed[] {
  const takeBack: Deed = { verb: 'withdraw', label: w('take_back'), icon: 'arrow-back-up', help: w('take_back_help'), asks: 'remark' };
  if (revision.own) return [takeBack];
  return may ? [
    { verb: 'withdraw', label: w('refuse'), icon: 'x', danger: true, help: w('refuse_help'), asks: 'why' },
    { verb: 'approve', label: w('approve'), icon: 'check', primary: true, help: w('approve_help'), asks: 'remark' },
  ] : [];
}

function ofStage(revision: Revision): Deed[] {
  const next = revision.stages?.[revision.stage ?? 1];
  const takeBack: Deed = { verb: 'withdraw', label: w('take_back'), icon: 'arrow-back-up', danger: true, help: w('take_back_help'), asks: 'why' };
  if (revision.state === 'halted') {
    return [takeBack, { verb: 'resume', label: w('resume'), icon: 'player-play', primary: true, help: w('resume_help', { i: revision.stage ?? 1 }), asks: 'remark' }];
  }
  return [
    takeBack,
    { verb: 'halt', label: w('halt'), icon: 'player-pause', asks: 'nothing', done: w('halted') }, // at once: something may be broken
    { verb: 'advance', label: w(next ? 'advance' : 'advance_all'), icon: 'player-track-next', primary: true, help: w('advance_to', { who: whoOf(next, revision.unit_names) }), asks: 'remark' },
  ];
}

export function deedsOf(revision: Revision): Deed[] {
  const may = editor.rights.includes('publish_layer');
  if (revision.state === 'proposed') return ofProposal(revision, may);
  if (revision.state === 'scheduled') return may || revision.own ? [{ verb: 'withdraw', label: w('take_back'), icon: 'arrow-back-up', help: w('take_back_help'), asks: 'remark' }] : [];
  if (revision.state === 'staged' || revision.state === 'halted') return may ? ofStage(revision) : [];
  if (revision.state !== 'published' || revision.number === editor.draft?.revision || editor.draft?.waiting || !editor.mayPublish) return [];
  return [{ verb: 'rollback', label: w('rollback'), icon: 'history', help: w('rollback_help', { n: revision.number }), asks: 'remark' }];
}
