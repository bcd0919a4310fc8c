// Import this first: what follows runs on the Node.js that package.json pins, whichever the script was started with.
import { continueOnPinnedNode } from './pinned-node.mjs';

await continueOnPinnedNode();
