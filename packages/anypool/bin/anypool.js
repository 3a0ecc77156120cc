#!/usr/bin/env node
// Not built, so that it is there to be linked before anything is.
import { main } from '../dist/cli/main.js';

const code = await main(process.argv.slice(2));
for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve));
// By force: a connection that is still being tried for holds nobody.
process.exit(code);
