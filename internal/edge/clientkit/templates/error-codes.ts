// All error codes, made by `galley client-kit`. Others may come with a newer version of the shop: have a default.

/** The codes of `errors[].extensions.code`. */
export const errorCodes = {
{{- range .Errors.Errors}}
  /** {{.Meaning}} */
  {{.Code}}: '{{.Code}}',
{{- end}}
} as const;
export type ErrorCode = keyof typeof errorCodes;
{{range $enum, $codes := .Errors.UserErrors}}
/** The codes of `userErrors { code }` where it is a {{$enum}}. */
export const {{lowered $enum}}s = {
{{- range $codes}}
  /** {{.Meaning}} */
  {{.Code}}: '{{.Code}}',
{{- end}}
} as const;
export type {{$enum}} = keyof typeof {{lowered $enum}}s;
{{end -}}
