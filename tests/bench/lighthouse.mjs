// Lighthouse's score for speed on a demo person's home page and the door, as on a slow phone.
import { signIn, startServer } from '../harness.mjs'
import { openAuditor } from '../browser/auditor.mjs'

export async function benchLighthouse(report, { rounds }) {
    const server = await startServer()
    const auditor = await openAuditor()
    try {
        for (const [name, path] of [['wangfang', '/w/home'], [null, '/']]) {
            const cookie = name && (await signIn(server.base, name)).cookie
            const scores = []
            for (let i = 0; i < rounds; i++) scores.push((await auditor.audit(server.base + path, cookie)).scores.performance)
            report.add(`Lighthouse performance, ${path}`, 'of 100', scores, { least: 100, goal: 100, higher: true })
        }
    } finally {
        await auditor.close()
        await server.stop()
    }
}
