// The peer of live: a Node server that sends its whole list to every stream when one item has changed, and answers
// those who ask for it each second. Arguments: the list's HTML in a file, the port.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

let list = readFileSync(process.argv[2], 'utf8')
const streams = new Set()

createServer((request, response) => {
    if (request.method === 'PUT') {
        request.resume().on('end', () => {
            list = list.replace(/data-n="\d*"|$/, `data-n="${Date.now()}"`)
            const event = `event: list\ndata: ${JSON.stringify(list)}\nid: ${Date.now()}\n\n`
            for (const stream of streams) stream.write(event)
            response.end()
        })
    } else if (request.url.startsWith('/live')) {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 2000\n\n')
        streams.add(response)
        response.on('close', () => streams.delete(response))
    } else {
        const page = `${list}<main data-at="x">`
        response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': Buffer.byteLength(page) }).end(page)
    }
}).listen(Number(process.argv[3]), '127.0.0.1')
