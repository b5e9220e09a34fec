// Changes to a page as OpenUI5's sap.ui.fl applies them: 200 controls, 400 changes.
//   node flex.mjs ROUNDS
// The library is loaded by its own loader into jsdom, with sap.m's controls and the change
// handlers it registers for them. Prints one JSON object a line: microseconds of CPU to
// apply all changes to an XML view, and to controls that were made of it.
import { JSDOM, VirtualConsole } from 'jsdom'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const CONTROLS = 200
const CHANGES = 400
const WARM = 40 // rounds before any is timed
const rounds = Number(process.argv[2])

const home = join(fileURLToPath(new URL('.', import.meta.url)), '../node_modules/@openui5')
const address = (library, path = '') => pathToFileURL(join(home, library, 'src', path)).href

// ---- the library ----

async function openLibrary() {
    const { window } = new JSDOM('<!doctype html><html><head></head><body></body></html>',
        { url: address('sap.ui.core', 'index.html'), runScripts: 'dangerously', resources: 'usable',
            pretendToBeVisual: true, virtualConsole: new VirtualConsole() }) // its style sheets are not there
    window.matchMedia = () => ({ matches: false, addListener() {}, addEventListener() {} })
    const load = path => new Promise((resolve, reject) => {
        const script = window.document.createElement('script')
        Object.assign(script, { src: address('sap.ui.core', path), onload: resolve, onerror: reject })
        window.document.head.append(script)
    })
    await load('ui5loader.js')
    await load('ui5loader-autoconfig.js')
    const others = ['sap.m', 'sap.ui.fl', 'sap.ui.layout', 'sap.ui.unified']
    window.sap.ui.loader.config({
        async: true, baseUrl: address('sap.ui.core'),
        paths: Object.fromEntries(others.map(name => [name.replaceAll('.', '/'), address(name, name.replaceAll('.', '/'))])),
    })
    const need = (...names) =>
        new Promise((resolve, reject) => window.sap.ui.require(names, (...modules) => resolve(modules), reject))
    const [Log] = await need('sap/base/Log')
    Log.setLevel(Log.Level.ERROR) // as in production; sources that are not bundled start with DEBUG
    const [Core] = await need('sap/ui/core/Core')
    Core.boot()
    await Core.ready()
    Log.setLevel(Log.Level.ERROR)
    return { window, need }
}

// ---- the page and its changes ----

const section = i => `v--s${i - i % 10}`
const block = i => `v--b${i}`

// Twenty boxes of nine texts.
function viewText() {
    const boxes = []
    for (let i = 0; i < CONTROLS; i += 10) {
        const texts = Array.from({ length: 9 }, (_, k) => `<Text id="${block(i + k + 1)}" text="${i + k + 1}"/>`)
        boxes.push(`<VBox id="${section(i)}"><items>${texts.join('')}</items></VBox>`)
    }
    return '<mvc:View xmlns:mvc="sap.ui.core.mvc" xmlns="sap.m" id="v"><mvc:content>'
        + `${boxes.join('')}</mvc:content></mvc:View>`
}

const ends = id => ({ id, idIsLocal: false })

// A third each sets, moves and hides.
function changeOf(n) {
    const i = n * 7 % CONTROLS
    const text = i % 10 ? i : i + 1
    const common = { fileType: 'change', fileName: `change${n}`, reference: 'bench', layer: 'CUSTOMER_BASE', content: {} }
    if (n % 3 === 0)
        return { ...common, changeType: 'propertyChange', selector: ends(block(text)),
            content: { property: 'text', newValue: `标题 ${n}` } }
    if (n % 3 === 2) return { ...common, changeType: 'hideControl', selector: ends(block(text)) }
    const box = { ...ends(section(text)), aggregation: 'items' }
    return { ...common, changeType: 'moveControls', selector: ends(section(text)),
        content: { source: { selector: box }, target: { selector: box },
            movedElements: [{ selector: ends(block(text)), sourceIndex: text % 10 - 1, targetIndex: text * 5 % 9 }] } }
}

// ---- rounds ----

const library = await openLibrary()
const [Applier, XmlTreeModifier, JsControlTreeModifier, Factory, Registration] = await library.need(
    'sap/ui/fl/apply/_internal/changes/Applier', 'sap/ui/core/util/reflection/XmlTreeModifier',
    'sap/ui/core/util/reflection/JsControlTreeModifier', 'sap/ui/fl/apply/_internal/flexObjects/FlexObjectFactory',
    'sap/ui/fl/apply/_internal/changeHandlers/ChangeHandlerRegistration')
const [Text, VBox] = await library.need('sap/m/Text', 'sap/m/VBox', 'sap/m/library')
Registration.registerPredefinedChangeHandlers()
await Registration.getChangeHandlersOfLoadedLibsAndRegisterOnNewLoadedLibs()

const files = Array.from({ length: CHANGES }, (_, n) => changeOf(n))
const changesOf = () => files.map(file => Factory.createFromFileContent(structuredClone(file)))

async function timed(work) {
    const from = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(from)
    return user + system
}

function check(changes, hidden, wanted) {
    const failed = changes.filter(change => !change.isSuccessfullyApplied())
    if (failed.length || hidden !== wanted)
        throw new Error(`${failed.length} changes were not applied, ${hidden} controls hidden`)
}

const hidden = new Set(files.filter(file => file.changeType === 'hideControl').map(file => file.selector.id)).size

async function roundXml() {
    const view = new library.window.DOMParser().parseFromString(viewText(), 'text/xml').documentElement
    const changes = changesOf()
    const us = await timed(() => Applier.applyAllChangesForXMLView(
        { view, viewId: 'v', modifier: XmlTreeModifier, appComponent: undefined }, changes))
    check(changes, view.querySelectorAll('[visible=false]').length, hidden)
    return us
}

async function roundControls() {
    const texts = []
    const boxes = []
    for (let i = 0; i < CONTROLS; i += 10) {
        const own = Array.from({ length: 9 }, (_, k) => new Text(block(i + k + 1), { text: `${i + k + 1}` }))
        texts.push(...own)
        boxes.push(new VBox(section(i), { items: own }))
    }
    const changes = changesOf()
    const us = await timed(() => Applier.applyMultipleChanges(changes, { reference: 'bench', skipSetQueued: true }))
    check(changes, texts.filter(text => !text.getVisible()).length, hidden)
    for (const box of boxes) box.destroy()
    return us
}

for (const [name, round] of [['XML view', roundXml], ['controls', roundControls]]) {
    const all = []
    for (let i = 0; i < WARM + rounds; i++) {
        const us = await round()
        if (i >= WARM) all.push(us)
    }
    all.sort((a, b) => a - b)
    console.log(JSON.stringify({ name, value: all[all.length >> 1], unit: 'µs', min: all[0], max: all[all.length - 1] }))
}
library.window.close()
