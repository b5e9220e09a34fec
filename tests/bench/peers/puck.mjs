// Puck's editor over HTTP, bundled as ours is: the page, its files under names of their content, packed by brotli.
import { createServer } from 'node:http'
import { brotliCompressSync } from 'node:zlib'
import { bundle } from '../../../studio/bundle.mjs'

const page = ({ name, needs }) => `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Puck</title><link rel="icon" href="data:,"><script type="module" src="/${name}"></script>
${needs.filter((file) => file.name !== name).map((file) => `<link rel="modulepreload" href="/${file.name}">`).join('')}
<style>body { margin: 0 } .card { margin: 8px; padding: 12px; background: #fff; border-radius: 10px }</style></head><body><div id="app"></div></body></html>`

/** The files of its editor, as bundle() gives them. */
export const bundlePuck = () => bundle({ entries: ['puck=tests/bench/peers/puck.jsx'] })

/** Serves `files` and a page with these blocks of Puck's; gives { base, stop }. */
export async function servePuck(files, content) {
    const entry = files.find((file) => file.entry === 'puck')
    const answers = new Map(files.map(({ name, contents }) => [`/${name}`, [name.endsWith('.css') ? 'text/css' : 'text/javascript', brotliCompressSync(contents)]]))
    answers.set('/', ['text/html; charset=utf-8', brotliCompressSync(page(entry))])
    answers.set('/page.json', ['application/json', brotliCompressSync(JSON.stringify({ content, root: { props: { title: 'Page' } } }))])
    const server = createServer(({ url }, reply) => {
        const [type, body] = answers.get(url) ?? []
        reply.writeHead(body ? 200 : 404, body && { 'Content-Type': type, 'Content-Encoding': 'br', 'Content-Length': body.length, 'Cache-Control': 'no-cache' })
        reply.end(body)
    })
    await new Promise((done) => { server.listen(0, '127.0.0.1', done) })
    return {
        base: `http://127.0.0.1:${server.address().port}`,
        stop: () => new Promise((done) => { server.close(done); server.closeAllConnections() }),
    }
}
