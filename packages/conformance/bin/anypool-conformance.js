#!/usr/bin/env node
// Not built, so that it is there to be linked before anything is.
import { main } from '../dist/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
