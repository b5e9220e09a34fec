// Bundles browser code into one C file, for studio_bundle() of cmake/studio.cmake:
//   node studio/bundle.mjs --table NAME --out FILE.c --depfile FILE.d [--fixed] NAME=ENTRY…
// Each output is named after its content (with --fixed, after its entry), so that it may be kept for ever.
import { writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { svelte } from './svelte.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * What is imported later finds all of the entry there already. Told so, by importing it too, esbuild keeps what both need in one
 * file; else each part that some of the later ones share is a file, and a request, of its own.
 */
const later = (entry) => ({
  name: 'later',
  setup({ onResolve, onLoad, resolve: find }) {
    onResolve({ filter: /^\./ }, async ({ kind, path, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === later) return undefined;
      const found = await find(path, { kind, resolveDir, pluginData: later });
      return { path: relative(root, found.path), namespace: 'later' }; // the same wherever the project stands: files are put in order by it
    });
    onLoad({ filter: /.*/, namespace: 'later' }, ({ path }) => {
      const from = JSON.stringify(join(root, path));
      const names = `export * from ${from};${/\.svelte$/.test(path) ? `export { default } from ${from};` : ''}`;
      return { contents: `import ${JSON.stringify(entry)};${names}`, resolveDir: root };
    });
  },
});

/** By the file that holds it, the entry point. One that only imports another file is that file, by its own name. */
function findEntries(files, { outputs }) {
  const entryOf = new Map();
  for (const [path, { entryPoint, imports }] of Object.entries(outputs)) {
    if (!entryPoint) continue;
    const isWhole = imports.length === 1 && /^import"[^"]+";\s*$/.test(textOf(files.get(path)));
    entryOf.set(isWhole ? imports[0].path : path, entryPoint);
    if (isWhole) rename(files, path, files.get(imports[0].path));
  }
  return entryOf;
}

const textOf = ({ contents }) => Buffer.from(contents).toString();

/** Of a chunk that is named after its content, wherever it is imported: as the entry's file was, which goes. */
function rename(files, path, whole) {
  const [old] = whole.name.split('-');
  const name = whole.name.replace(old, basename(path).split('-')[0]);
  files.delete(path);
  for (const file of files.values()) {
    if (file.name.endsWith('.js')) file.contents = Buffer.from(textOf(file).replaceAll(whole.name, name));
  }
  whole.name = name;
}

/**
 * The files that `entries` ("NAME=FILE") become: { name, entry, contents, needs (itself and what it imports at once) }. `whole`: the
 * first of them is one file.
 */
export async function bundle({ entries, fixed = false, whole = !fixed, onInputs = () => {} }) {
  const points = entries.map((entry) => ({ out: entry.split('=')[0], in: entry.split('=')[1] }));
  const named = fixed ? '[name]' : '[name]-[hash]';
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: points,
    outdir: 'out',
    entryNames: named,
    chunkNames: named,
    assetNames: named,
    bundle: true,
    splitting: !fixed,
    format: 'esm',
    target: ['chrome111', 'safari16.4', 'firefox115'],
    minify: true,
    drop: ['console'], // what libraries say to developers
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: whole ? [later(join(root, points[0].in)), svelte] : [svelte],
    conditions: ['svelte', 'browser', 'production'],
    loader: { '.png': 'copy', '.svg': 'copy' },
  });
  onInputs(Object.keys(metafile.inputs).filter((path) => !path.startsWith('later:')).map((path) => resolve(root, path)));
  const files = new Map(outputFiles.map(({ path, contents }) => [relative(root, path), { name: basename(path), contents }]));
  const entryOf = findEntries(files, metafile);
  const reach = (path, seen) => {
    seen.add(path);
    for (const next of metafile.outputs[path].imports) {
      if (next.kind === 'import-statement' && !seen.has(next.path)) reach(next.path, seen);
    }
    return seen;
  };
  for (const [path, file] of files) {
    file.entry = points.find((point) => point.in === entryOf.get(path))?.out;
    file.needs = [...reach(path, new Set())].map((one) => files.get(one));
  }
  return [...files.values()];
}

function inC(files, table, fixed) {
  const quoted = (text) => (text ? `"${text}"` : 'NULL');
  const bytesOf = (contents) => [...contents].join(',').replace(/(.{96}[^,]*,)/g, '$1\n');
  return [
    '#include "asset/asset.h"',
    ...files.map(({ contents }, i) => `static const unsigned char file_${i}[] = {\n${bytesOf(contents)}\n};`),
    `extern const struct asset_file ${table}[];`,
    `const struct asset_file ${table}[] = {`,
    ...files.map(({ name, entry }, i) => `    { "${name}", ${quoted(entry)}, file_${i}, sizeof file_${i}, ${!fixed} },`),
    '    { .name = NULL },\n};\n',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: options, positionals: entries } = parseArgs({
    allowPositionals: true,
    options: {
      table: { type: 'string' }, out: { type: 'string' }, depfile: { type: 'string' }, fixed: { type: 'boolean', default: false },
    },
  });
  const { fixed, table, out, depfile } = options;
  const writeDependencies = (inputs) => writeFileSync(depfile, `${out}: ${inputs.map((path) => path.replaceAll(' ', '\\ ')).join(' ')}\n`);
  writeFileSync(out, inC(await bundle({ entries, fixed, onInputs: writeDependencies }), table, fixed));
}
