// What the studio fetches when somebody publishes, looks back, or something waits.
export { default as History } from './History.svelte';
export { default as Publish } from './Publish.svelte';
export { default as Waiting } from './Waiting.svelte';
