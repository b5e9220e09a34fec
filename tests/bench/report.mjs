// Results: one JSON object a line on standard output, a table on standard error.

export function spread(values) {
    const sorted = [...values].sort((a, b) => a - b)
    const middle = sorted.length >> 1
    const med = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    return { min: sorted[0], med, max: sorted[sorted.length - 1] }
}

const round = x => (x === undefined ? undefined : Number(x.toPrecision(4)))

export class Report {
    rows = []
    notes = []

    // `values`: one a round. `peer`: { name, values } of the same rounds; the ratio is how
    // much better we are, round by round. `goal` and `least` are of the ratio when there is
    // a peer, otherwise of the value, which is then better when lower, or `higher`.
    add(name, unit, values, { peer, more = false, higher = false, goal, least } = {}) {
        const value = spread(values)
        const ratio = peer && spread(values.map((v, i) => (more ? v / peer.values[i] : peer.values[i] / v)))
        const row = { name, unit, value, ratio, against: peer?.name, higher, goal, least }
        this.rows.push(row)
        console.log(JSON.stringify({
            name, value: round(value.med), unit, ratio: round(ratio?.med), against: peer?.name, goal, least,
            min: round((ratio ?? value).min), max: round((ratio ?? value).max), rounds: values.length,
        }))
    }

    // What could not be measured here, and why.
    skip(name, why) {
        console.log(JSON.stringify({ name, skipped: why }))
        this.note(`${name}: SKIPPED, ${why}`)
    }

    note(text) {
        this.notes.push(text)
    }

    // Whether the middle of the rounds misses what is asked at least.
    get missed() {
        return this.rows.some(row => verdict(row) === 'NOT REACHED')
    }

    print() {
        const cells = this.rows.map(row => [
            row.name, `${round(row.value.med)} ${row.unit}`, row.against ?? '',
            row.ratio ? range(row.ratio) : range(row.value), row.goal === undefined ? '' : `${row.goal} (${row.least})`,
            verdict(row),
        ])
        const head = ['', 'median', 'against', 'min / med / max', 'goal (least)', '']
        const widths = head.map((_, i) => Math.max(...[head, ...cells].map(c => c[i].length)))
        for (const line of [head, ...cells])
            console.error(line.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd())
        for (const text of this.notes) console.error(`\n${text}`)
        console.error('\n' + this.summary())
    }

    summary() {
        const asked = this.rows.filter(row => row.goal !== undefined)
        const below = asked.filter(row => verdict(row) === 'NOT REACHED')
        const near = asked.filter(row => verdict(row) === 'least')
        const list = rows => rows.map(row => `  ${row.name}${row.against ? ` against ${row.against}` : ''}`).join('\n')
        return [
            `${asked.length - below.length - near.length} of ${asked.length} goals reached.`,
            near.length ? `Reached at least, but not the goal:\n${list(near)}` : '',
            below.length ? `Not reached at all:\n${list(below)}` : '',
        ].filter(Boolean).join('\n')
    }
}

const range = s => `${round(s.min)} / ${round(s.med)} / ${round(s.max)}`

function verdict({ value, ratio, higher, goal, least }) {
    if (goal === undefined) return ''
    const reaches = limit => (ratio ? ratio.med >= limit : higher ? value.med >= limit : value.med <= limit)
    return reaches(goal) ? 'goal' : reaches(least) ? 'least' : 'NOT REACHED'
}
