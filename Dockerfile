# One image for every app: the command chooses which (node dist/apps/<app>/src/main.js).
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages bring Node.js itself to machines without this image, and native parts of linters.
RUN npm ci --omit=optional
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY migrations migrations
COPY libs libs
COPY apps apps
# ReDoc is one file of a package that is not installed in the image.
RUN npm run build && cp node_modules/redoc/bundles/redoc.standalone.js dist/apps/gateway/src/ \
  && npm prune --omit=dev --omit=optional

FROM node:24.21.0-bookworm-slim
# V8 sizes its heap by the machine's memory and collects late. With these no app was seen above 300 MB; docs/performance.md.
ENV NODE_ENV=production NODE_OPTIONS="--enable-source-maps --max-semi-space-size=16 --max-old-space-size=512"
WORKDIR /app
# A new volume mounted here takes over this owner.
RUN install -d -o node -g node /var/lib/billing
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
USER node
STOPSIGNAL SIGTERM
# Each app has its own health: see docker-compose.yml.
HEALTHCHECK NONE
CMD ["node", "dist/apps/gateway/src/main.js"]
