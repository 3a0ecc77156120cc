import { testConformance } from '@anypool/conformance/vitest';

const knownGaps = new URL('../known-gaps.json', import.meta.url);
testConformance({ module: import.meta.resolve('@anypool/native'), kinds: ['thread', 'process'], knownGaps });
