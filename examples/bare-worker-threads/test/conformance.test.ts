import { testConformance } from '@anypool/conformance/vitest';

testConformance({ module: import.meta.resolve('anypool-bare-threads'), kinds: ['thread'] });
