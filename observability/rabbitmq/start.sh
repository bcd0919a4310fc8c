#!/bin/sh
# Puts users and passwords of the environment into the definitions, then starts the server, which imports them. With
# definitions the server makes no default user: there is no guest.
set -eu

source=/opt/billing/definitions.json
target=/run/billing/definitions.json
umask 077
cp "$source" "$target"

# Each @NAME@ of the definitions stands for the variable of that name.
for name in $(grep -o '@[A-Z_]*@' "$source" | tr -d @ | sort -u); do
  value=$(printenv "$name" || true)
  case "$value" in
    '' | *[!A-Za-z0-9_-]*)
      # They are part of URLs and of JSON: plain characters need no escaping in either.
      echo "$name must be set, to letters, digits, - and _ only" >&2
      exit 1
      ;;
  esac
  sed -i "s/@$name@/$value/g" "$target"
done
chown -R rabbitmq:rabbitmq /run/billing

exec docker-entrypoint.sh rabbitmq-server
