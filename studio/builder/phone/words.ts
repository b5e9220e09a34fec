// What the dialog with the code says.
import { speaker } from '../text.ts';

export const say = speaker({
  address: { zh: '地址', en: 'Address' },
  as_canvas: { zh: '与画布现在的设置一样：{look}。草稿每次改动，手机上随即更新。', en: 'As the canvas is set now: {look}. The phone follows every change of the draft.' },
  code_of: { zh: '打开手机预览的二维码', en: 'A code that opens the preview on a phone' },
  copied: { zh: '地址已复制', en: 'The address is copied' },
  copy: { zh: '复制地址', en: 'Copy address' },
  copy_self: { zh: '浏览器不让自动复制，地址已选中，请手动复制', en: 'The browser does not let us copy. The address is selected: copy it by hand' },
  end: { zh: '结束预览', en: 'End the preview' },
  ended: { zh: '手机预览已结束', en: 'The preview has ended' },
  local: { zh: '这个地址（{host}）只有本机能打开。要在手机上看，请用手机能访问的地址打开工作室。', en: 'Only this computer can open {host}. For a phone, open the studio at an address that the phone can reach.' },
  making: { zh: '正在生成二维码…', en: 'Making the code…' },
  over: { zh: '这个二维码已过期', en: 'This code has expired' },
  renew: { zh: '换一个', en: 'Make a new one' },
  scan: { zh: '用手机扫码，在真机上看草稿', en: 'Scan it to see the draft on a real phone' },
  until: { zh: '有效至 {at}；退出登录即失效。拿到它的人不用登录就能看，但什么也改不了。', en: 'Good until {at}, or until you sign out. Whoever has it can look without signing in, and change nothing.' },
});
