import { mount } from 'svelte';
import App from './App.svelte';
import { editor } from './model.svelte.ts';

/** What was asked for early is often there by now; then the page is drawn once. */
const SOON_MS = 60;

const target = document.querySelector<HTMLElement>('#app');
await Promise.race([editor.start(), new Promise((resolve) => { setTimeout(resolve, SOON_MS); })]);
if (target) mount(App, { target });
