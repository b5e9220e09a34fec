// A plan of stages as it is written in the dialog, and as the server wants it.
import { words } from '../text.ts';
import type { Halt, Revision, Stage, Unit } from '../types.ts';
import { w } from './words.ts';

export const MOST_STEPS = 10;
/** Minutes until the next step; 0: by hand. */
export const waits = [0, 10, 30, 60, 240, 1440, 4320] as const;

export interface Step {
  percent: number;
  units: Pick<Unit, 'id' | 'name' | 'short'>[]; // none: all
  minutes: number;
}

export interface Plan {
  steps: Step[];
  halts: boolean;
  above: number;
  renders: number;
}

/** A difference of all hundred cannot come: so nothing is halted by itself. */
const NEVER = 100;

export const startingPlan = (): Plan => ({
  steps: [{ percent: 5, units: [], minutes: 60 }, { percent: 25, units: [], minutes: 0 }],
  halts: true, above: 5, renders: 20,
});

/** Each step holds all people of the one before, so it cannot have fewer. */
export const leastOf = (plan: Plan, i: number): number => plan.steps[i - 1]?.percent ?? 1;

export const stagesOf = (plan: Plan): Stage[] => plan.steps.map(({ percent, units, minutes }) => ({
  ...(percent < 100 || !units.length ? { percent } : {}),
  ...(units.length ? { tenants: units.map((unit) => unit.id) } : {}),
  ...(minutes ? { minutes } : {}),
}));

export const haltOf = ({ halts, above, renders }: Plan): Halt => ({ above: halts ? above : NEVER, renders });

/** "5 % of people", "25 % of East and West". */
export function whoOf(stage: Stage | undefined, names: Revision['unit_names'] = {}): string {
  const n = stage?.percent ?? 100;
  const units = (stage?.tenants ?? []).map((id) => words(names[id], id)).join(w('and'));
  if (units) return w('percent_of_units', { n, units });
  return stage && n < 100 ? w('percent_who', { n }) : w('everybody');
}
