// Svelte for esbuild: components and modules with runes. Styles stand in one sheet of their
// own, because the pages' policy allows no style that a script writes.
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { transform } from 'esbuild';
import { compile, compileModule } from 'svelte/compiler';

const told = ({ message, start, frame }, filename) => ({
  text: message,
  location: start && { file: relative('.', filename), line: start.line, column: start.column, lineText: frame ?? '' },
});

async function made(filename, make) {
  try {
    const { js, warnings } = await make();
    return { contents: js.code, loader: 'js', warnings: warnings.map((one) => told(one, filename)), watchFiles: [filename] };
  } catch (error) {
    return { errors: [told(error, filename)] };
  }
}

export const svelte = {
  name: 'svelte',
  setup(build) {
    build.onLoad({ filter: /\.svelte$/ }, ({ path }) =>
      made(path, async () => compile(await readFile(path, 'utf8'), { filename: path, css: 'external', generate: 'client' })),
    );
    build.onLoad({ filter: /\.svelte\.ts$/ }, ({ path }) =>
      made(path, async () => {
        const { code } = await transform(await readFile(path, 'utf8'), { loader: 'ts', target: 'esnext', tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } } });
        return compileModule(code, { filename: path, generate: 'client' });
      }),
    );
  },
};
