/** A model's name without what only a machine needs: provider prefix, date, version suffix. */

/** `us.anthropic.claude-3-5-haiku-20241022-v1:0` → `claude-3-5-haiku`. */
export function shortModel(model: string): string {
  const afterSlash = model.slice(model.lastIndexOf("/") + 1);
  return afterSlash
    .replace(
      /^(?:[a-z]{2,6}\.)?(?:amazon|anthropic|meta|mistral|cohere|ai21|deepseek|openai)\./,
      "",
    )
    .replace(/:\d+$/, "")
    .replace(/-v\d+$/, "")
    .replace(/-\d{8}$/, "");
}
