// What the gallery says.
import { speaker } from '../text.ts';

export const say = speaker({
  above: { zh: '来自 {unit}', en: 'From {unit}' },
  alt_help: { zh: '给看不见图片的人听；纯装饰可以留空', en: 'Heard by those who cannot see it; empty when it only decorates' },
  bring: { zh: '拖入图片，或点此选择', en: 'Drop pictures here, or choose some' },
  bring_help: { zh: 'PNG、JPEG、GIF、WebP；过大的会自动缩小', en: 'PNG, JPEG, GIF or WebP; large ones are made smaller' },
  broken: { zh: '“{name}”已损坏，打不开', en: '{name} is damaged' },
  failed: { zh: '“{name}”没有上传：{why}', en: '{name} was not brought: {why}' },
  kind: { zh: '“{name}”不是 PNG、JPEG、GIF 或 WebP 图片。SVG 可能带脚本，不能上传', en: '{name} is no PNG, JPEG, GIF or WebP. An SVG may hold scripts and is refused' },
  large: { zh: '“{name}”太大，缩小后仍超过 768 KB', en: '{name} is too large, also when made smaller' },
  many: { zh: '“{name}”放不下：本单位的图片已满，请删除一些不用的', en: 'No room for {name}: this unit has as many pictures as it may; remove some' },
  mine: { zh: '本单位', en: 'This unit' },
  none: { zh: '这里还没有图片', en: 'There is no picture yet' },
  offline: { zh: '“{name}”没有上传：连不上服务器，请检查网络后重试', en: '{name} was not brought: the server cannot be reached. Try again' },
  pick: { zh: '用这张', en: 'Use it' },
  pixels: { zh: '{w}×{h} 像素 · {kb} KB', en: '{w}×{h} pixels · {kb} KB' },
  remove: { zh: '删除', en: 'Remove' },
  remove_sure: { zh: '正在使用它的页面会改为显示替代文字。确定删除？', en: 'Pages that show it will show its words instead. Remove it?' },
  removed: { zh: '图片已删除', en: 'The picture is removed' },
  search: { zh: '按替代文字搜索', en: 'Search by what they show' },
  sending: { zh: '正在上传“{name}”…', en: 'Bringing {name}…' },
  sent: { zh: '已上传 {n} 张', en: '{n} pictures are here' },
  title: { zh: '选择图片', en: 'Choose a picture' },
  unnamed: { zh: '没有替代文字的图片', en: 'A picture without words' },
});
