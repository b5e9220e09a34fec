// Every text of the audit, Chinese first.
import { speaker } from '../text.ts';

const catalogue = {
  title: { zh: '操作记录', en: 'Audit' },
  title_help: { zh: '谁在什么时候动过本单位的哪些数据：页面上的操作、编辑与导入、系统接入、定时任务，以及人群、凭证和数据连接的变动，保留 180 天。', en: 'Who did what with this unit\'s records, and when: on pages, by editing and importing, by systems and by jobs; and who changed audiences, tokens and connectors. Kept for 180 days.' },
  period: { zh: '时间', en: 'When' },
  days_1: { zh: '今天', en: 'Today' },
  days_7: { zh: '近 7 天', en: 'The last 7 days' },
  days_30: { zh: '近 30 天', en: 'The last 30 days' },
  days_180: { zh: '近 180 天', en: 'The last 180 days' },
  records_of: { zh: '数据', en: 'Records' },
  all_records: { zh: '全部数据', en: 'All records' },
  person: { zh: '人员', en: 'Person' },
  anybody: { zh: '所有人', en: 'Everybody' },
  only: { zh: '只看 {name}', en: 'Only {name}' },
  not_only: { zh: '不再只看 {name}', en: 'No longer only {name}' },
  refresh: { zh: '刷新', en: 'Look again' },
  none: { zh: '这段时间没有操作', en: 'Nothing was done in this time' },
  none_help: { zh: '员工在页面上办结待办、记下备忘，或有人编辑、导入数据后，会出现在这里。', en: 'When people tick off tasks or write notes on their pages, or somebody edits or imports records, it is listed here.' },
  none_so: { zh: '没有符合条件的操作', en: 'Nothing done is like this' },
  forbidden: { zh: '您不能查看这个单位的操作记录', en: 'You may not look at this unit\'s audit' },
  forbidden_help: { zh: '请联系管理员授予“管理员”角色。', en: 'Ask an administrator for the role administrator.' },
  more: { zh: '更早的操作', en: 'Earlier' },
  someone_gone: { zh: '{id}（已不在）', en: '{id} (gone)' },
  from_unit: { zh: '来自{unit}', en: 'of {unit}' },
  system: { zh: '系统', en: 'System' },
  clock: { zh: '定时任务', en: 'Job' },
  audience: { zh: '人群', en: 'Audience' },
  token: { zh: '系统接入凭证', en: 'Token' },
  connector: { zh: '数据连接', en: 'Connector' },
  put: { zh: '保存', en: 'Saved' },
  patch: { zh: '修改', en: 'Changed' },
  remove: { zh: '删除', en: 'Removed' },
  import: { zh: '导入 {n} 条', en: 'Imported {n}' },
  run: { zh: '运行', en: 'Ran' },
  on_page: { zh: '页面“{page}”', en: 'page “{page}”' },
  others: { zh: '另有 {n} 条', en: 'and {n} more' },
  record: { zh: '{of}“{name}”', en: '{of} “{name}”' },
  touched_nothing: { zh: '没有改动数据', en: 'No record was changed' },
} as const;

export type Word = keyof typeof catalogue;
export const w = speaker<Word>(catalogue);
