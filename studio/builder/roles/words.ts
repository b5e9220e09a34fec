// Every text of the roles, Chinese first.
import { speaker } from '../text.ts';

const catalogue = {
  title: { zh: '角色与授权', en: 'Roles' },
  title_help: { zh: '谁可以在本单位做什么。角色在授予它的单位和所有下级都有效；授予、收回随即生效，并记入历史。', en: 'Who may do what in this unit. A role counts in the unit where it was granted and in all below it, at once, and the history keeps who granted or revoked it.' },
  person: { zh: '人员', en: 'Person' },
  person_hint: { zh: '本单位的人', en: 'Of this unit' },
  role: { zh: '角色', en: 'Role' },
  scope: { zh: '范围', en: 'For' },
  everything: { zh: '全部专业', en: 'All specialties' },
  only_specialty: { zh: '仅{name}专业', en: '{name} only' },
  reason: { zh: '理由', en: 'Reason' },
  reason_kept: { zh: '理由：会记入历史', en: 'Reason: the history keeps it' },
  reason_hint: { zh: '会记入历史', en: 'The history keeps it' },
  give: { zh: '授予', en: 'Grant' },
  given: { zh: '已授予{name}：{role}', en: '{name} has the role {role} now' },
  take: { zh: '收回', en: 'Revoke' },
  take_from: { zh: '收回{name}的“{role}”', en: 'Revoke {role} of {name}' },
  taken: { zh: '已收回{name}的“{role}”', en: '{name} has the role {role} no longer' },
  confirm: { zh: '确认收回', en: 'Revoke it' },
  cancel: { zh: '取消', en: 'Cancel' },
  from_unit: { zh: '来自{unit}', en: 'From {unit}' },
  home: { zh: '属于{unit}', en: 'Of {unit}' },
  gone: { zh: '{id}（已不在）', en: '{id} (gone)' },
  none: { zh: '还没有授予任何角色', en: 'No role has been granted' },
  forbidden: { zh: '您不能查看这个单位的授权', en: 'You may not look at this unit\'s roles' },
  history: { zh: '授权历史', en: 'History' },
  history_none: { zh: '还没有授予或收回过', en: 'Nothing was granted or revoked' },
  granted: { zh: '{by} 授予 {name}', en: '{by} granted {name}' },
  revoked: { zh: '{by} 收回 {name}', en: '{by} revoked of {name}' },
  more: { zh: '更早的', en: 'Earlier' },
  administrator: { zh: '管理员', en: 'Administrator' },
  administrator_may: { zh: '管理页面、数据和授权，接入系统，查看操作记录', en: 'Pages, records and roles, systems that bring data, the audit' },
  publisher: { zh: '发布者', en: 'Publisher' },
  publisher_may: { zh: '编辑并发布页面，以他人身份预览', en: 'Changes and publishes pages, sees them as others do' },
  designer: { zh: '设计者', en: 'Designer' },
  designer_may: { zh: '编辑页面草稿，由发布者发布', en: 'Changes drafts, which a publisher publishes' },
  editor: { zh: '数据编辑', en: 'Records editor' },
  editor_may: { zh: '查看和修改本单位的数据', en: 'Looks at and changes the unit\'s records' },
  employee: { zh: '员工', en: 'Employee' },
  employee_may: { zh: '查看、编排自己的页面，人人都可以', en: 'Sees and arranges her own page, as everybody may' },
  'auth.exists': { zh: '这个人已经有这个角色了', en: 'This person has that role already' },
  'auth.self': { zh: '不能给自己授予角色，请另一位管理员来做', en: 'Nobody grants a role to herself: ask another administrator' },
  'auth.last': { zh: '整个组织的最后一位管理员不能收回，请先授予另一位', en: 'The last administrator of the whole organisation stays: name another first' },
  'auth.person': { zh: '本单位没有这个人', en: 'There is no such person in this unit' },
  'auth.right': { zh: '您没有这个权限：只能授予自己也有的权限', en: 'You may not: one grants only what one may do herself' },
  'auth.grant': { zh: '这个角色已经被收回', en: 'It was revoked already' },
} as const;

export type Word = keyof typeof catalogue;
export const w = speaker<Word>(catalogue);
/** What is said of a refusal, when it is one of those that are known. */
export const refusal = (code: string): Word | undefined => (code in catalogue ? (code as Word) : undefined);
