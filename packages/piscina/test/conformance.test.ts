import { testConformance } from '@anypool/conformance/vitest';

testConformance({ module: import.meta.resolve('@anypool/piscina'), kinds: ['thread'] });
