// script/bench: runs the named measurements (all without a name) and reports them.
import { benchBuilder } from './builder.mjs'
import { benchCountry } from './country.mjs'
import { benchComponent } from './component.mjs'
import { benchPage } from './page.mjs'
import { Report } from './report.mjs'
import { benchActions } from './actions.mjs'
import { benchStart } from './start.mjs'
import { benchLayers } from './layers.mjs'
import { benchLive } from './live.mjs'
import { benchPaint } from './live-paint.mjs'
import { benchLighthouse } from './lighthouse.mjs'
import { benchStore } from './store.mjs'

const benches = { page: benchPage, component: benchComponent, start: benchStart, store: benchStore, actions: benchActions,
    layers: benchLayers, country: benchCountry, live: benchLive, paint: benchPaint, lighthouse: benchLighthouse, builder: benchBuilder }

function readArguments(words) {
    const options = { rounds: 3, seconds: 2 }
    const names = []
    for (let i = 0; i < words.length; i++) {
        const option = words[i].slice(2)
        if (!words[i].startsWith('--')) names.push(words[i])
        else if (option in options && Number(words[i + 1]) >= 1) options[option] = Math.floor(words[++i])
        else usage(`not understood: ${words[i]}`)
    }
    for (const name of names) if (!(name in benches)) usage(`there is no measurement ${name}`)
    return { options, names: names.length ? names : Object.keys(benches) }
}

function usage(text) {
    console.error(`${text}\nscript/bench [${Object.keys(benches).join('|')} …] [--rounds N] [--seconds N]`)
    process.exit(2)
}

const { options, names } = readArguments(process.argv.slice(2))
const report = new Report()
for (const name of names) await benches[name](report, options)
report.print()
process.exit(report.missed ? 1 : 0)
