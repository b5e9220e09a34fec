#!/usr/bin/env bash
# Writes the package of the reference page's twelve components into a folder.
set -euo pipefail
out=$1
mkdir -p "$out/collections"
cat > "$out/package.lua" <<'X'
return { name = "reference", version = "1.0.0", title = { zh = "参照页", en = "Reference page" } }
X
cat > "$out/collections/row.json" <<'X'
{ "name": "row", "indexes": [{ "name": "owner", "fields": ["owner", "card", "order"], "clustered": true }] }
X
for i in $(seq 12) 13; do
    mkdir -p "$out/card$i/words"
    query="query = \"row\", by = \"owner\""
    load="load = { items = { $query, equals = { \"\$actor.id\", $i }, limit = 10 } },"
    # The thirteenth looks up the same with a function: what Lua adds.
    [ "$i" = 13 ] && load='load = function(ctx)
    return { items = ctx.data.query("row", { by = "owner", equals = { ctx.actor.id, 1 }, limit = 10 }) }
  end,'
    cat > "$out/card$i/component.lua" <<X
return {
  name = "card$i",
  title = { zh = "卡片 $i", en = "Card $i" },
  needs = { "read:row" },
  $load
}
X
    cat > "$out/card$i/view.html" <<'X'
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
    echo "{ \"title\": \"卡片 $i\", \"nothing\": \"没有内容\" }" > "$out/card$i/words/zh.json"
    echo "{ \"title\": \"Card $i\", \"nothing\": \"Nothing\" }" > "$out/card$i/words/en.json"
done
