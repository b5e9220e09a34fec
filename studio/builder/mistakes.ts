// What is wrong with a record or a property, in the reader's language.
import { lang, t, words } from './text.ts';
import { choicesOf, valueOf } from './schema.ts';
import type { Content, Json, Mistake, Schema } from './types.ts';

const isEmpty = (value: Json | undefined): boolean => value === undefined || value === '';

/** The members that must be there and are not; the server would say so, without a place. */
export function missing(schema: Schema, content: Content): Mistake[] {
  const names = (schema.required ?? []).filter((name) => isEmpty(content[name]));
  return names.map((name) => ({ code: 'data.invalid', where: `/${name}`, detail: t('must_be_there') }));
}

function schemaAt(schema: Schema, where: string): Schema | undefined {
  let at: Schema | undefined = schema;
  for (const part of where.split('/').slice(1)) at = at?.properties?.[part] ?? at?.items;
  return at;
}

/** What is written into a file stands beside what people call it. */
const namedToo = (title: string, value: string): string => (title === value ? value : `${value}（${title}）`);

/** What a value must be, as far as its schema says it. */
export function wanted(schema: Schema | undefined): string | undefined {
  const choices = choicesOf(schema);
  if (choices) return t('want_one_of', { list: choices.map((one) => namedToo(valueOf(schema, one), String(one))).join(lang === 'en' ? ', ' : '、') });
  if (schema?.format === 'date-time') return t('want_moment');
  if (schema?.type === 'number' || schema?.type === 'integer') {
    const { minimum, maximum } = schema;
    return minimum !== undefined && maximum !== undefined ? t('want_between', { minimum, maximum }) : t('want_number');
  }
  if (schema?.maxLength !== undefined) return t('want_length', { n: schema.maxLength });
  return undefined;
}

/** The server says which rule is broken in English only; other readers are told what is wanted. */
export function inWords(schema: Schema, mistake: Mistake): Mistake {
  const absent = /^the member "(.+)" is missing$/.exec(mistake.exact ?? mistake.detail)?.[1];
  if (absent !== undefined) {
    const where = `${mistake.where ?? ''}/${absent}`;
    return { ...mistake, where, column: mistake.column ?? absent, detail: t('must_be_there') };
  }
  const own = lang === 'en' ? undefined : wanted(schemaAt(schema, mistake.where ?? ''));
  return own ? { ...mistake, detail: own } : mistake;
}

/** The title of the member at a pointer. */
export function titleAt(schema: Schema, where: string): string {
  const [, member = ''] = where.split('/');
  return words(schema.properties?.[member]?.title, member);
}
