/**
 * For Rolldown: Node's own modules by `process.getBuiltinModule()`. An `import` of one reads each of its exports, which loads what lies
 * behind those that are loaded when they are read, such as `fs.promises`; each program and each worker would pay for that at its start.
 */
export const builtins = {
  name: 'builtins',
  renderChunk: (code) => ({
    code: code.replace(
      /^import \{ (.+) \} from "(node:[^"]+)";$/gm,
      (_, names, module) => `const { ${names.replaceAll(' as ', ': ')} } = process.getBuiltinModule("${module}");`,
    ),
    // Each stays in its line, and nothing of ours is mapped there.
    map: null,
  }),
};
