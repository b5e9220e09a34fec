// How each server is started: ours, and its peers.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { here, pinned, reference, release, work } from './world.mjs'

// One thread, one worker, one process: CPU time a request is compared, not width.
export function ours(port, cacheMib) {
    const cache = cacheMib === undefined ? [] : ['--cache-mib', String(cacheMib)]
    return pinned('server', [join(release, 'pinban'), 'serve', '--data', reference.store, '--port', String(port),
        '--threads', '1', ...cache])
}

export function nodePeer(port, script) {
    return pinned('server', ['env', 'NODE_ENV=production', process.execPath, join(here, 'peers', script),
        reference.dump, reference.tokens, reference.frame, String(port)])
}

export function nginx(port, name, rules, modules = '') {
    const dir = join(work, `nginx-${name}`)
    mkdirSync(dir, { recursive: true })
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    writeFileSync(join(dir, 'nginx.conf'), `
${modules}
daemon off;
worker_processes 1;
pid ${dir}/pid;
error_log ${dir}/error.log;
events { worker_connections 1024; }
http {
    ${temporary.map(kind => `${kind}_temp_path ${dir}/${kind};`).join(' ')}
    access_log off;
    default_type text/html;
    keepalive_requests 1000000000;
    ${rules(port)}
}
`)
    return pinned('server', ['nginx', '-p', dir, '-c', join(dir, 'nginx.conf'), '-e', join(dir, 'error.log')])
}

const staticRules = (gzip, root) => port => `
    sendfile on;
    tcp_nopush on;
    open_file_cache max=16;
    ${gzip}
    server { listen 127.0.0.1:${port}; root ${root}; }`

// `root` has the reference page as "home".
export const nginxStatic = (port, root) => nginx(port, 'static', staticRules('', root))
export const nginxGzip = (port, root) => nginx(port, 'gzip', staticRules('gzip on; gzip_comp_level 1;', root))

export const nginxLua = port => nginx(port, 'lua', listening => `
    lua_package_path "${here}peers/?.lua;/usr/share/lua/5.1/?.lua;;";
    lua_package_cpath "/usr/lib/x86_64-linux-gnu/lua/5.1/?.so;;";
    init_by_lua_block { require("page").read("${reference.dump}", "${reference.tokens}", "${reference.frame}") }
    server { listen 127.0.0.1:${listening}; location / { content_by_lua_block { require("page").answer() } } }`,
`load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;`)
