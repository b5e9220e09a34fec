#!/usr/bin/env bash
# Writes the package of the reference page into a folder: twelve cards in three kinds.
#   card    looks its rows up; fresh  looks up the same, and at a parameter of the page;
#   script  looks up the same with a function, to see what Lua adds.
set -euo pipefail
out=$1
mkdir -p "$out/collections"
cat > "$out/package.lua" <<'X'
return { name = "reference", version = "1.0.0", title = { zh = "参照页", en = "Reference page" } }
X
cat > "$out/collections/row.json" <<'X'
{ "name": "row", "indexes": [{ "name": "owner", "fields": ["owner", "card", "order"], "clustered": true }] }
X

load_of() { # KIND NUMBER
    local items="items = { query = \"row\", by = \"owner\", equals = { \"\$actor.id\", $2 }, limit = 10 }"
    case $1 in
    card) echo "load = { $items }," ;;
    fresh) echo "load = { $items, at = \"\$query.n\" }," ;;
    script) echo "load = function(ctx)
    return { items = ctx.data.query(\"row\", { by = \"owner\", equals = { ctx.actor.id, $2 }, limit = 10 }) }
  end," ;;
    esac
}

component() { # KIND NUMBER
    local dir=$out/$1$2
    mkdir -p "$dir/words"
    cat > "$dir/component.lua" <<X
return {
  name = "$1$2",
  title = { zh = "卡片 $2", en = "Card $2" },
  needs = { "read:row" },
  $(load_of "$1" "$2")
}
X
    cat > "$dir/view.html" <<'X'
<ui-card title="{{words.title}}">
  <ui-list if="items">
    <ui-row each="item in items" href="/w/row?id={{item.id}}">
      {{item.title}}
      <ui-group slot="meta">{{item.from}} · {{item.unit}} · {{item.count | number}}</ui-group>
      <ui-chip slot="end">{{item.state}}</ui-chip>
    </ui-row>
  </ui-list>
  <ui-empty unless="items">{{words.nothing}}</ui-empty>
</ui-card>
X
    echo "{ \"title\": \"卡片 $2\", \"nothing\": \"没有内容\" }" > "$dir/words/zh.json"
    echo "{ \"title\": \"Card $2\", \"nothing\": \"Nothing\" }" > "$dir/words/en.json"
}

for kind in card fresh script; do
    for number in $(seq 12); do
        component "$kind" "$number"
    done
done
