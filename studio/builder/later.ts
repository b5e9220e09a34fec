// What the studio does not need to begin with, in one file: it comes once the canvas stands.
export { default as commands } from './Commands.svelte';
export { default as conflict } from './Conflict.svelte';
export { default as layers } from './Layers.svelte';
export { default as outline } from './Outline.svelte';
export { default as pages } from './Pages.svelte';
export { default as properties } from './Properties.svelte';
export { default as units } from './Units.svelte';
