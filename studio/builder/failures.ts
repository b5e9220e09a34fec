// Why a card cannot be shown, for people: the codes that a component can be to blame for (docs/reference/errors.md).
import { speaker } from './text.ts';
import type { Failure } from './types.ts';

const catalogue = {
  line: { zh: '无法显示：{why}', en: 'Cannot be shown: {why}' },
  'package.none': { zh: '组件包没有安装', en: 'The component\'s package is not installed' },
  'render.view': { zh: '组件没有 view.html', en: 'The component has no view.html' },
  'schema.mismatch': { zh: '属性的值不符合组件的要求', en: 'The properties are not as the component wants them' },
  'scope.collection': { zh: '组件要读的数据集合不存在', en: 'The component reads a collection that does not exist' },
  'scope.index': { zh: '组件查询所用的索引不存在', en: 'The component asks by an index that does not exist' },
  'scope.limit': { zh: '组件查询的数据过多', en: 'The component reads too much' },
  'scope.need': { zh: '组件读取了没有在 needs 中声明的数据', en: 'The component reads what it did not ask for in its needs' },
  'script.deadline': { zh: '组件运行时间过长', en: 'The component ran for too long' },
  'script.failed': { zh: '组件运行出错', en: 'The component failed' },
  'script.fuel': { zh: '组件运行步数过多', en: 'The component took too many steps' },
  'script.memory': { zh: '组件占用内存过多', en: 'The component used too much memory' },
  'script.output': { zh: '组件给出的数据过多', en: 'The component gave too much' },
  'script.result': { zh: '组件给出的不是数据', en: 'What the component gave is no plain data' },
  'script.usage': { zh: '组件调用接口的方式不对', en: 'The component uses what it was given in a wrong way' },
  'view.output': { zh: '组件的页面内容过长', en: 'The component\'s view writes too much' },
  'view.steps': { zh: '组件的模板循环过多', en: 'The component\'s view runs for too long' },
};

const said = speaker<keyof typeof catalogue>(catalogue);

/** Empty for a code that has no words: then its text says it. */
export const wordsFor = ({ code }: Failure): string => (code in catalogue ? said(code as keyof typeof catalogue) : '');

/** "Cannot be shown: The component failed" */
export const failureLine = (failure: Failure): string => said('line', { why: wordsFor(failure) || failure.text });
