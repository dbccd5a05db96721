// The API's page: draws the schema. What is tried out goes by the page's own session and CSRF token.
const root = document.documentElement;
const place = document.getElementById("api-docs");

function paint() {
  root.classList.toggle("dark-mode", root.dataset.bsTheme === "dark");
}

function signed(request) {
  request.headers["X-CSRFToken"] = place.dataset.csrf;
  return request;
}

// The page has its heading already; a second one would confuse who reads by headings.
const withoutHead = () => ({ wrapComponents: { InfoContainer: () => () => null } });

document.addEventListener("theme:change", paint);
paint();
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  requestInterceptor: signed,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  plugins: [withoutHead],
});
