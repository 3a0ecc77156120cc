import { testConformance } from '@anypool/conformance/vitest';

testConformance({ module: import.meta.resolve('@anypool/tinypool'), kinds: ['thread', 'process'] });
