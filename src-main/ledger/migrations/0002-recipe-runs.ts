/** Charged runs of recipes. Derived; no entry from before this migration names a recipe. */
export const recipeRuns = `
CREATE TABLE recipe_run (
  operation_id TEXT PRIMARY KEY,
  sequence     INTEGER NOT NULL,
  recipe_id    TEXT NOT NULL,
  recipe_name  TEXT NOT NULL,
  creator_id   TEXT NOT NULL,
  premium      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX recipe_run_of ON recipe_run (recipe_id, creator_id, sequence, recipe_name, premium);
`
