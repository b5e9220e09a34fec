// Every text of the names, Chinese first.
import { refusals, speaker } from '../text.ts';

const catalogue = {
  title: { zh: '名称表', en: 'Names' },
  title_help: { zh: '人员资料里的专业、群组和标签是代码；这里写上大家看得懂的名称，人群、页面层和发布范围都会用它。下级单位沿用，也可以另写。', en: 'People\'s records hold codes of specialties, groups and tags. What they are called here is shown in audiences, layers and publishing. Units below use the same names, or their own.' },
  specialty: { zh: '专业', en: 'Specialties' },
  group: { zh: '群组', en: 'Groups' },
  tag: { zh: '标签', en: 'Tags' },
  code: { zh: '代码', en: 'Code' },
  people: { zh: '{n} 人', en: '{n} people' },
  nobody: { zh: '暂无人员', en: 'nobody now' },
  zh: { zh: '“{code}”的中文名称', en: '{code} in Chinese' },
  en: { zh: '“{code}”的英文名称', en: '{code} in English' },
  zh_column: { zh: '中文名称', en: 'In Chinese' },
  en_column: { zh: '英文名称', en: 'In English' },
  from_above: { zh: '上级：{name}', en: 'From above: {name}' },
  none: { zh: '人员资料里还没有', en: 'People\'s records have none' },
  saved: { zh: '名称已保存，页面和人群里随即更新', en: 'The names are saved and shown at once' },
  discard: { zh: '放弃修改', en: 'Discard changes' },
  may_not: { zh: '只有能授予角色的管理员可以修改', en: 'Whoever grants roles may change them' },
} as const;

export type Word = keyof typeof catalogue;
export const w = speaker<Word>(catalogue);
export const refusalOf = refusals(catalogue);
