// What the guide says, a step after the other.
import { speaker } from '../text.ts';

export const say = speaker({
  begin: { zh: '开始', en: 'Begin' },
  change: { zh: '改一改它的标题', en: 'Change its title' },
  change_help: { zh: '在右侧“属性”里改标题，画布随即更新。改动先存为草稿，员工还看不到。', en: 'In the properties, write another title: the canvas follows. It is a draft; nobody else sees it yet.' },
  choose: { zh: '选一张卡片', en: 'Choose a card' },
  choose_help: { zh: '点画布上的任一张卡片；用键盘时，到“大纲”里选一个。', en: 'Click any card of the page; with the keyboard, choose one in the outline.' },
  done: { zh: '完成', en: 'Done' },
  later: { zh: '先不看了', en: 'Skip the guide' },
  name: { zh: '新手引导', en: 'First steps' },
  publish: { zh: '发布', en: 'Publish it' },
  publish_help: { zh: '点右上角“发布”，先看会影响多少人，写一句原因，再立即发布。', en: 'Press Publish: see whom it reaches, say why in a few words, and publish now.' },
  publish_not: { zh: '您可以设计，由有发布权限的同事发布。草稿已保存，到这里就完成了。', en: 'You design; a colleague who may publish does the rest. Your draft is kept, and you are done.' },
  seen: { zh: '员工手机上已经是这样', en: 'This is on the phones now' },
  seen_help: { zh: '旁边是正式页面，不是草稿：刚发布的改动已经在上面。想反悔，随时在“历史”里恢复。', en: 'Beside this is the real page, not the draft, with what you just published. History brings any former version back.' },
  seen_waits: { zh: '已提交，等同事批准后发布。下面是批准后的样子。', en: 'It waits for a colleague to approve it. This is how it will look.' },
  step: { zh: '第 {i} 步，共 {n} 步', en: 'Step {i} of {n}' },
  welcome: { zh: '三分钟，完成第一次发布', en: 'Your first change, in three minutes' },
  welcome_help: { zh: '中间是员工手机上的真实页面。跟着四步：选一张卡片、改标题、发布、在手机上看到它。', en: 'In the middle is the page as phones show it. Four steps: choose a card, change its title, publish, see it on the phone.' },
  phone: { zh: '手机上的正式页面', en: 'The real page on a phone' },
});
