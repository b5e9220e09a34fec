import { drag, type Payload } from './drag.svelte.ts';

/** An attachment: what it stands on can be dragged onto the canvas. */
export const draggable = (payload: () => Payload | undefined) => (element: HTMLElement) => drag.source(element, payload);
