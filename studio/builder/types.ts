// What /api/v1 says (engine/desk/openapi.json), as far as the studio uses it.

export type Lang = 'zh' | 'en';
export type Words = string | Partial<Record<Lang, string>>;
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Verb {
  verb: string;
  block?: string;
  component?: string;
  props?: { [name: string]: Json };
  into?: string;
  after?: string;
  at?: string;
  value?: Json;
  lock?: string;
  below?: number;
  audience?: string;
  set?: string;
  name?: string;
  key?: string;
  lang?: Lang;
  by?: string;
  since?: string;
}

/** Which verb of which layer did it. */
export interface Origin {
  unit: string;
  layer: string;
  verb: string;
  by?: string;
  since?: string;
}

export interface Property {
  at: string;
  value?: Json;
  by: Origin;
  over?: { value?: Json; by?: Origin }; // what would count if that layer did not say it
}

export type LockKind = 'required' | 'fixed' | 'sealed' | 'closed';

export interface Lock {
  lock: LockKind;
  at?: string;
  below?: number;
  by: Origin;
}

export interface Block {
  id: string;
  component: string;
  region: string;
  shown: boolean;
  why: 'shown' | 'hidden' | 'audience' | 'inside' | 'broken';
  audience?: string;
  broken?: { code: string; text: string };
  failure?: Failure;
  added: Origin;
  placed?: Origin;
  visibility?: Origin;
  properties: Property[];
  locks: Lock[];
}

export interface Issue {
  code: string;
  block?: string;
  by?: Origin;
  lock?: Origin;
}

export interface Preview {
  version: number;
  page: string;
  person: string;
  title: string;
  html: string;
  layers: { unit: string; name?: Words; layer: string; level: number }[];
  properties: Property[];
  locks: Lock[];
  blocks: Block[];
  issues: Issue[];
}

export interface Draft {
  layer: string;
  tenant: string;
  page: string;
  specialty?: string;
  revision: number;
  version: number;
  changed: boolean;
  waiting?: number;
  approval?: boolean; // somebody else must approve what is published
  verbs: Verb[];
}

export interface Unit {
  id: string;
  parent?: string;
  level: string;
  name: Words;
  short?: Words;
}

/** One that was asked for by itself. */
export interface OpenedUnit extends Unit {
  children: Unit[];
  terms: Terms;
}

/** What the values of attributes are called, by attribute and value. */
export interface Terms {
  [attribute: string]: { [value: string]: { zh?: string; en?: string } };
}

export interface Grant extends Unit {
  role: string;
  specialty?: string;
  rights: string[];
}

export interface Layer {
  layer: string;
  tenant: string;
  page: string;
  specialty?: string;
  revision: number;
  published: boolean;
  version: number;
  changed: boolean;
  waiting?: number;
}

export interface Component {
  id: string;
  package: string;
  title: Words;
  description?: Words;
  icon?: string;
  category?: string;
  sizes?: { default?: string; min?: string };
  needs?: string[];
  props?: Schema;
  words?: { [name: string]: Words }; // by property: what is shown while it is empty
  actions?: { [name: string]: Words }; // what can be done on it
  regions?: { [name: string]: { title?: Words } };
  example?: { [name: string]: Json };
}

export interface Schema {
  type?: string | string[];
  title?: Words;
  description?: Words;
  default?: Json;
  enum?: Json[];
  const?: Json;
  oneOf?: Schema[];
  anyOf?: Schema[];
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  properties?: { [name: string]: Schema };
  required?: string[];
  if?: Schema;
  then?: Schema;
  else?: Schema;
  not?: Schema;
  allOf?: Schema[];
  dependentSchemas?: { [name: string]: Schema };
  items?: Schema;
  examples?: Json[];
  [keyword: string]: unknown;
}

export interface Me {
  id: string;
  name: Words;
  units: string[];
  specialty?: string;
  guide: number;
}

/** A picture of a unit, and what a property that is one holds. */
export interface Picture {
  id: string;
  unit: string;
  src: string;
  width: number;
  height: number;
  bytes: number;
  alt?: Partial<Record<Lang, string>>;
}

export interface PictureValue {
  src: string;
  alt: Partial<Record<Lang, string>>;
  width: number;
  height: number;
}

/** Why a card says that it cannot be shown, for who may change its page. */
export interface Failure {
  code: string;
  text: string;
  where?: string;
  file?: string;
  line?: number;
  column?: number;
  excerpt?: { line: number; text: string }[];
}

/** What is wrong with a developer's folder. */
export interface Complaint {
  package: string;
  component?: string;
  file: string;
  line: number;
  column: number;
  code: string;
  text: string;
  excerpt: { line: number; text: string }[];
}

export interface Person {
  id: string;
  name: Words;
  post?: Words;
  specialty?: string;
}

export interface Audience {
  id: string;
  name: Words;
  people?: number;
}

export interface Revision {
  layer: string;
  tenant: string;
  number: number;
  home?: string;
  by?: string;
  by_name?: Words;
  own?: boolean; // by oneself
  unit_names?: Record<string, Words>; // that its stages name
  reason?: string;
  at: string;
  state: RevisionState;
  due?: string;
  restores?: number;
  published_at?: string;
  decided_home?: string;
  decided_by?: string;
  decided_name?: Words;
  decided_reason?: string;
  verbs?: Verb[];
  stages?: Stage[];
  halt?: Halt;
  stage?: number; // which runs, or was halted
  version?: number;
  until?: string; // the next begins by itself
  events?: StageEvent[];
  shown?: Tally[];
  failed?: string; // the code of what made it impossible when it was due
}

export type RevisionState = 'proposed' | 'scheduled' | 'staged' | 'halted' | 'published' | 'withdrawn' | 'stale';

/** Who has a revision before all have it. */
export interface Stage {
  percent?: number;
  tenants?: string[];
  minutes?: number;
}

export interface Halt {
  above?: number; // failures of a hundred more than outside
  renders?: number; // at least so many were shown
}

export interface Count {
  renders: number;
  failures: number;
}

/** What came of showing a component. */
export interface Tally {
  component: string;
  block?: string;
  code?: string;
  text?: string;
  inside: Count;
  outside: Count;
}

export interface StageEvent extends Partial<Tally> {
  what: 'began' | 'advanced' | 'halted' | 'resumed';
  at: string;
  stage: number;
  by?: string;
  by_name?: Words;
  reason?: string;
}

/** Somebody who has the layer open. */
export interface Present {
  home: string;
  person: string;
  name?: Words;
  screen: string;
  since: string;
  block?: string;
  own?: boolean; // another window of oneself
}

export interface Presence {
  version: number;
  revision: number;
  waiting?: number;
  items: Present[];
}

export interface Above {
  revisions: Record<string, number>; // published above, by unit and layer
  since?: string;
  differences: Difference[];
}

export interface Difference {
  what: 'added' | 'removed' | 'moved' | 'property' | 'hidden' | 'shown' | 'audience' | 'locked' | 'unlocked' | 'verb';
  block: string;
  component?: string;
  at?: string;
  by?: Origin;
  was_by?: Origin;
  before?: Json;
  after?: Json;
  text: Partial<Record<Lang, string>>;
}

export interface Check {
  version: number;
  changed: boolean;
  publishable: boolean;
  issues: { code: string; where: string; text: string; block: string; verb?: Verb; pair?: Contrast; published: boolean }[];
}

export interface Impact {
  version: number;
  units: number;
  people?: number;
  layers: number;
  aside: number;
  locked: number;
  overrides: number;
  items: { tenant: string; name?: Words; layer: string; what: 'aside' | 'locked' | 'overrides'; verb: Verb }[];
}

export interface Mistake {
  code: string;
  where?: string;
  row?: number;
  column?: string;
  detail: string; // in the reader's language, where there are words
  exact?: string; // in English, with names and limits
  mine?: Json;
  theirs?: Json;
}

export interface AuditEntry {
  id: string;
  at: string;
  person?: string; // neither person nor token: the clock
  home?: string; // her unit, when it is another
  token?: string;
  name?: Words;
  page?: string;
  block?: string;
  component?: string;
  action: string;
  touched: string[]; // "task/17"
  more?: number; // records besides those
  titles?: { [touched: string]: Words }; // what they are called now
}

export interface UsageSum {
  people: number; // different ones
  views: number; // pages opened
  uses: number; // links followed, actions done
}

export interface UsageDay extends UsageSum {
  day: string;
}

/** Of a unit and those below; `few`: so few people that nothing is told. */
export interface Usage extends Partial<UsageSum> {
  of: number;
  few?: boolean;
  now?: number; // people who have a page before them
  week?: number; // people of the last seven days
  days?: UsageDay[];
  hours?: number[];
  pages?: { page: string; people: number; views: number }[];
  components?: { component: string; people: number; uses: number }[];
  units: ({ id: string; name: Words; of: number; few?: boolean } & Partial<UsageSum>)[];
  more?: boolean;
  published?: { layer: string; number: number; published_at: string; day: string; reason?: string }[];
}

export interface List<T> {
  items: T[];
  next?: string;
}

export interface Collection {
  name: string;
  title?: Words;
  description?: Words;
  schema?: Schema;
  indexes?: { name: string; fields: string[]; clustered?: boolean }[]; // clustered: found by the first field alone
  fresh?: { at: string; rows: number; by?: string };
}

export type Content = { [name: string]: Json };

/** A record as the server gave it; `etag` names its content. */
export interface Row {
  etag: string;
  record: Content;
}

export interface Taken {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  errors: Mistake[];
}

// ---- the page "theme" ----

export type TokenSet = 'base' | 'light' | 'dark';
export type Scheme = 'light' | 'dark';

/** Who said it: a layer, or when `layer` is absent the unit's own theme. */
export interface SetBy {
  unit?: string;
  layer?: string;
  own?: boolean;
  by?: string;
  since?: string;
}

export interface Token {
  set: TokenSet;
  name: string;
  type: string;
  value: Json;
  css: string;
  inherited?: string;
  by: SetBy;
}

export interface Contrast {
  scheme: Scheme;
  text: string;
  ground: string;
  is: number;
  needs: number;
}

export interface SaidWord {
  component: string;
  key: string;
  lang: Lang;
  text: string;
  by: SetBy;
}

export interface Seal {
  at: string;
  by: SetBy;
}

export interface Dress {
  version: number;
  tokens: Token[];
  words: SaidWord[];
  locks: Seal[];
  contrasts: Contrast[];
  offers: string[];
  themes: { id: string; title: Words }[];
}

export interface WordsOf {
  component: string;
  title: Words;
  zh: { [key: string]: Json };
  en: { [key: string]: Json };
}
