/** @jsxRuntime automatic */
// Puck as its guide says to use it: a configuration, the data of a page, the editor. The
// components are those of our page, with the same fields and a section to nest in.
import { Puck } from '@puckeditor/core'
import { createRoot } from 'react-dom/client'

const text = { type: 'text' }

const config = {
    components: {
        Text: {
            fields: { title: text, text: { type: 'textarea' } },
            defaultProps: { title: '标题', text: '正文' },
            render: ({ title, text: body }) => <section className="card"><h2>{title}</h2><p>{body}</p></section>,
        },
        Figure: {
            fields: { label: text, value: { type: 'number' }, trend: { type: 'select', options: [{ label: '升', value: 'up' }, { label: '降', value: 'down' }] } },
            defaultProps: { label: '负荷', value: 1280, trend: 'up' },
            render: ({ label, value, trend }) => <section className="card"><h2>{label}</h2><p className={trend}><strong>{value}</strong></p></section>,
        },
        Notice: {
            fields: { text, link: text },
            defaultProps: { text: '寒潮黄色预警', link: '#' },
            render: ({ text: said, link }) => <p className="card"><a href={link}>{said}</a></p>,
        },
        Links: {
            fields: { links: { type: 'array', arrayFields: { title: text, href: text } } },
            defaultProps: { links: [{ title: '审批', href: '#' }, { title: '考勤', href: '#' }] },
            render: ({ links }) => <ul className="card">{links.map(({ title, href }, i) => <li key={i}><a href={href}>{title}</a></li>)}</ul>,
        },
        Section: {
            fields: { title: text, content: { type: 'slot' } },
            defaultProps: { title: '分区', content: [] },
            render: ({ title, content: Content }) => <section className="card"><h2>{title}</h2><Content minEmptyHeight={56} /></section>,
        },
    },
}

const data = await (await fetch('/page.json')).json()
createRoot(document.querySelector('#app')).render(<Puck config={config} data={data} onPublish={() => {}} />)
