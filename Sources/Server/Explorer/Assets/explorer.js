// Starts Swagger UI. The key that is entered stays in this page's memory: no storage of the browser's keeps it, so no
// other page of this origin, and nobody who comes to this browser later, finds it.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
follow();
dark.addEventListener("change", follow);

globalThis.SwaggerUIBundle({
  url: new URL("v3/api-docs", document.baseURI).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  // Neither the document nor a call goes to anybody else.
  queryConfigEnabled: false,
  validatorUrl: null,
  withCredentials: false,
});
