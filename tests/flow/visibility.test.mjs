// Nothing a person may not see is in the bytes she receives: every person of the demo opens every place, and the
// titles of all that is not hers are looked for in what came back.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { get, root, run, startServer } from '../harness.mjs';
import { openStream, until } from '../stream.mjs';

const demo = join(root, 'tenants/demo');
const json = (path) => JSON.parse(readFileSync(join(demo, path), 'utf8'));
const units = new Map(json('tenants.json').map((unit) => [unit.id, unit]));
const people = readdirSync(join(demo, 'people')).flatMap((file) => json(`people/${file}`).map((one) => ({ ...one, unit: file.slice(0, -5) })));
const records = readdirSync(join(demo, 'records')).flatMap((unit) => readdirSync(join(demo, 'records', unit)).flatMap((file) => json(`records/${unit}/${file}`)
  .map((record) => ({ unit, kind: file.slice(0, -5), record }))));

function chain(unit) {
  const above = [];
  for (let id = unit; id; id = units.get(id).parent) above.push(id);
  return above;
}

const own = { task: 'assignee', message: 'recipient', event: 'owner' };

/** Personal records belong to one person, or as events to "all" of a unit; the rest to a unit and all below it. */
function maySee(person, { unit, kind, record }) {
  const mine = own[kind] && record[own[kind]] !== 'all';
  return mine ? unit === person.unit && record[own[kind]] === person.id : chain(person.unit).includes(unit);
}

const titles = ({ record }) => ['title', 'name', 'text', 'body'].flatMap((member) => Object.values(typeof record[member] === 'object' ? record[member] ?? {} : { one: record[member] }))
  .filter((text) => typeof text === 'string' && text.length >= 4).map((text) => text.split('\n')[0].slice(0, 60));

const places = ['home', 'todo', 'todo?todo=toread', 'todo?todo=done', 'messages', 'apps', 'agenda', 'people', 'news-all', 'notices', 'search?q=%E7%94%B5', 'search?q=e', 'me'];

let server;
let cookies;
before(async () => {
  server = await startServer();
  await server.stop({ keep: true });
  const { out } = await run(['person', 'session', '--data', server.folder], { input: people.map((one) => `${one.unit} ${one.id}\n`).join('') });
  cookies = out.trim().split('\n').map((token) => `sid=${token}`);
  server = await startServer({ data: server.folder });
});
after(() => server.stop());

const text = (html) => html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

async function everything(cookie, extra) {
  const replies = [];
  for (const place of [...places, ...extra]) {
    const reply = await get(server.base, `/w/${place}`, cookie);
    replies.push(text(await reply.text()));
    assert.ok([200, 404].includes(reply.status), place);
  }
  return replies.join('\n');
}

test(`none of the ${people.length} people receives a word of what is not hers`, async () => {
  assert.ok(people.length >= 72 && records.length > 500, `${people.length} people, ${records.length} records`);
  const leaks = [];
  let looked = 0;
  for (const [i, person] of people.entries()) {
    const colleagues = people.filter((one) => one.unit === person.unit);
    const hers = JSON.stringify([colleagues, records.filter((one) => maySee(person, one)).map((one) => one.record)]).replaceAll('\\"', '"');
    const others = records.filter((one) => !maySee(person, one));
    // She also types in addresses of records that are not hers.
    const guesses = others.filter((one) => ['news', 'notice', 'app', 'task', 'message'].includes(one.kind)).filter((_, at) => at % 17 === i % 17).slice(0, 12)
      .map((one) => `${one.kind}?id=${one.record.id}`);
    const bytes = await everything(cookies[i], guesses);
    for (const one of others) {
      for (const title of titles(one)) {
        if (hers.includes(title)) continue;
        looked++;
        if (bytes.includes(title)) leaks.push(`${person.id} sees ${one.unit}/${one.kind}/${one.record.id}: ${title}`);
      }
    }
  }
  assert.ok(looked > 50000, `${looked} texts were looked for`);
  assert.deepEqual(leaks.slice(0, 10), [], `${leaks.length} of them`);
});

test('what is hers is there: the look-out above can find something', async () => {
  for (const name of ['wangfang', 'madeshun', 'zhoumingyuan', 'elinsolberg']) {
    const at = people.findIndex((one) => one.id === name);
    const bytes = await everything(cookies[at], []);
    const lang = people[at].lang ?? 'zh';
    const tasks = records.filter((one) => one.kind === 'task' && maySee(people[at], one));
    assert.ok(tasks.length >= 3, name);
    assert.ok(!bytes.includes('state-error'), `${name}: ${server.log()}`);
    for (const { record } of tasks) assert.ok(bytes.includes(record.title[lang]), `${name} lacks ${record.title[lang]}`);
  }
});

test('a block for an audience reaches its members and nobody else', async () => {
  const blocks = [
    { id: 'party', texts: ['主题党日', 'Party day', '保供有我', 'first in line'], holds: (person) => person.tags?.includes('party-member') },
    { id: 'welcome', texts: ['新员工第一周', 'Your first week', '导师会在', 'your mentor calls'], holds: (person) => person.groups?.includes('newcomers') && !person.groups.includes('leaders') },
  ];
  for (const block of blocks) {
    const members = people.filter(block.holds);
    assert.ok(members.length >= 2 && members.length < people.length / 2, `${members.length} in ${block.id}`);
    for (const [i, person] of people.entries()) {
      const bytes = text(await (await get(server.base, '/w/home', cookies[i])).text());
      const found = [`b-${block.id}"`, ...block.texts].filter((one) => bytes.includes(one));
      assert.equal(found.length, block.holds(person) ? 3 : 0, `${person.id}: ${found}`);
    }
  }
});

test('nor by any other way to the same page: to arrange it, its stream, its API', async () => {
  const hidden = { party: ['主题党日', 'Party day', '保供有我', 'first in line'], welcome: ['新员工第一周', 'Your first week', '导师会在', 'your mentor calls'] };
  const holds = { party: (one) => one.tags?.includes('party-member'), welcome: (one) => one.groups?.includes('newcomers') && !one.groups.includes('leaders') };
  for (const [i, person] of people.entries()) {
    const strange = Object.keys(hidden).filter((id) => !holds[id](person));
    const stream = openStream(server.base, cookies[i], 'page=home&at=');
    await stream.opened;
    await until(() => stream.events.length, 'the page');
    const ways = ['/w/home?arrange', '/api/v1/pages/home/arrangement', '/metrics'];
    const replies = await Promise.all(ways.map(async (way) => text(await (await get(server.base, way, cookies[i])).text())));
    const bytes = [...replies, JSON.stringify(stream.events)].join('\n');
    stream.close();
    for (const id of strange) {
      const found = [`b-${id}"`, `"${id}"`, `card-${id}`, ...hidden[id]].filter((one) => bytes.includes(one));
      assert.deepEqual(found, [], person.id);
      for (const verb of ['hide', 'show', 'move']) {
        const reply = await fetch(`${server.base}/api/v1/pages/home/arrangement`, { method: 'POST', headers: { cookie: cookies[i], 'Content-Type': 'application/json' },
          body: JSON.stringify({ verbs: [{ verb, block: id, after: '' }] }) });
        assert.deepEqual([reply.status, (await reply.json()).code], [404, 'layout.orphan'], `${person.id} ${verb} ${id}`);
      }
    }
    const explained = await fetch(`${server.base}/api/v1/pages/home/explain?person=${person.id}`, { headers: { cookie: cookies[i] } });
    assert.equal(explained.status, ['zhoumingyuan', 'chengweimin', 'luoyunfei'].includes(person.id) ? 200 : 403, person.id);
  }
});

test('of people, she receives those of her own unit', async () => {
  for (const [i, person] of people.entries()) {
    const bytes = text(await (await get(server.base, '/w/people', cookies[i])).text());
    const lang = person.lang ?? 'zh';
    for (const other of people) {
      const row = bytes.includes(`${other.name[lang] ?? other.name.zh}</span>`) || bytes.includes(other.phone) || bytes.includes(other.mail);
      if (other.unit !== person.unit && !people.some((one) => one.unit === person.unit && one.name.zh === other.name.zh)) assert.ok(!row, `${person.id} sees ${other.id}`);
    }
    for (const other of people.filter((one) => one.unit === person.unit)) assert.ok(bytes.includes(other.name[lang] ?? other.name.zh), `${person.id} misses ${other.id}`);
  }
});
