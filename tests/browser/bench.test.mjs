// What script/bench builder rests on: the same hands drive the studio and Puck, and what passes or fails does so for its
// own reason. Puck is there once script/setup --bench has run; the studio's checks by each hand are in builder.test.mjs.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../harness.mjs';
import { openBrowser } from './browser.mjs';

const peers = existsSync(join(root, 'tests/bench/node_modules/@puckeditor/core')) && existsSync(join(root, 'tests/bench/node_modules/react-dom'));
// The hands take a minute: not in the short form.
const skip = !process.env.PINBAN_ALL;
let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser.close());

async function tried(maker, way, name) {
  const { checks, hands } = await import('../bench/builder-checks.mjs');
  const editor = await maker.open(browser, way);
  try {
    return await checks[name](editor, hands[way]).then(() => '', (error) => error.message);
  } finally {
    await editor.close();
  }
}

async function within(start, use) {
  const { pageOf } = await import('../bench/builder-editors.mjs');
  const maker = await start(pageOf(6));
  try {
    await use(maker);
  } finally {
    await maker.stop();
  }
}

test('the hands of the measurement drive the studio, and what it must time is seen', { skip }, async () => {
  const { startOurs } = await import('../bench/builder-editors.mjs');
  const { timeDrop, timeEdit, timeFrames } = await import('../bench/builder.mjs');
  await within(startOurs, async (maker) => {
    for (const way of ['mouse', 'touch', 'keyboard']) assert.equal(await tried(maker, way, 'into a region within a block'), '', way);
    const editor = await maker.open(browser, 'mouse');
    await editor.cdp.send('Performance.enable');
    const before = await editor.order();
    assert.ok(await timeDrop(editor, 0) > 0);
    assert.equal((await editor.order()).length, before.length + 1);
    assert.ok(await timeEdit(editor, 1) > 0);
    const { slow, busy } = await timeFrames(editor);
    assert.ok(slow > 0 && busy > 0);
    assert.equal((await editor.order()).length, before.length + 1, 'what was only carried about is not put down');
    await editor.close();
  });
});

test('a check fails when nothing can be picked up', { skip }, async () => {
  const { startOurs } = await import('../bench/builder-editors.mjs');
  await within(startOurs, async (maker) => {
    const deaf = { open: async (...how) => ({ ...await maker.open(...how), liftKey: 'F9' }) };
    assert.match(await tried(deaf, 'keyboard', 'from the palette to a place'), /F9 picks nothing up/);
  });
});

test('the same hands drive Puck', { skip: skip || !peers }, async () => {
  const { startPuck } = await import('../bench/builder-editors.mjs');
  await within(startPuck, async (maker) => {
    for (const way of ['mouse', 'touch']) assert.equal(await tried(maker, way, 'into a region within a block'), '', way);
    assert.equal(await tried(maker, 'mouse', 'undone'), '');
    const { timeDrop, timeEdit } = await import('../bench/builder.mjs');
    const editor = await maker.open(browser, 'mouse');
    assert.ok(await timeDrop(editor, 0) > 0);
    assert.equal((await editor.order()).length, 7);
    assert.ok(await timeEdit(editor, 1) > 0);
    await editor.close();
  });
});
