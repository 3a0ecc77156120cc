/** The executor and its views, whose submit() is done by `submit`, which gets the sound one first. */
export function submitting(submitter, submit) {
  return new Proxy(submitter, {
    get(target, name) {
      if (name === 'submit') return submit.bind(undefined, target.submit);
      if (name === 'with') return (options) => submitting(target.with(options), submit);
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
