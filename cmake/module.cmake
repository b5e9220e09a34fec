# How a module of the engine is declared, and how the floors are kept.
#
#   engine_module(render PUBLIC base doc PRIVATE store script LIBRARIES PkgConfig::LMDB)
#
# PUBLIC is what my header names, PRIVATE what only my .c files use, LIBRARIES what only I link,
# SHARES the libraries whose headers mine includes, EMBED files of mine that become C arrays. Configuring fails unless every module I use stands
# before me in engine/FLOORS. Others see of me a folder that holds one link: my public header.

option(PINBAN_WERROR "Warnings are errors" OFF)
option(PINBAN_HARDEN "Stack protector, fortify, relro" OFF)
option(PINBAN_ARENA_PLAIN "One malloc per object, for sanitizers" OFF)
option(PINBAN_FUZZ "Build the fuzz targets" OFF)
set(PINBAN_SANITIZE "" CACHE STRING "Value of -fsanitize")

add_library(engine_warnings INTERFACE)
target_compile_options(engine_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wformat=2
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wcast-qual
    $<$<BOOL:${PINBAN_WERROR}>:-Werror>)

add_library(engine_build INTERFACE)
target_compile_definitions(engine_build INTERFACE _GNU_SOURCE
    $<$<BOOL:${PINBAN_ARENA_PLAIN}>:ARENA_PLAIN>)
target_compile_options(engine_build INTERFACE -fno-common)
if(PINBAN_SANITIZE)
    target_compile_options(engine_build INTERFACE
        -fsanitize=${PINBAN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
    target_link_options(engine_build INTERFACE -fsanitize=${PINBAN_SANITIZE})
endif()
if(PINBAN_HARDEN)
    target_compile_options(engine_build INTERFACE
        -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE)
    target_link_options(engine_build INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

file(STRINGS ${CMAKE_SOURCE_DIR}/engine/FLOORS engine_floor_lines)
string(REPLACE " " ";" engine_order "${engine_floor_lines}")
set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/engine/FLOORS)

# Makes the C array `NAME` (bytes, with a closing 0 that `NAME_size` does not count) of a file.
function(engine_embed target)
    foreach(file ${ARGN})
        string(MAKE_C_IDENTIFIER "${file}" name)
        set(out ${CMAKE_CURRENT_BINARY_DIR}/embed_${name}.c)
        add_custom_command(OUTPUT ${out}
            COMMAND ${CMAKE_COMMAND} -DIN=${CMAKE_CURRENT_SOURCE_DIR}/${file} -DOUT=${out}
                    -DNAME=${name} -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
            DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
            VERBATIM)
        target_sources(${target} PRIVATE ${out})
    endforeach()
endfunction()

function(engine_module name)
    cmake_parse_arguments(M "" "" "PUBLIC;PRIVATE;LIBRARIES;SHARES;EMBED" ${ARGN})
    list(FIND engine_order ${name} mine)
    if(mine LESS 0)
        message(FATAL_ERROR "${name} has no place in engine/FLOORS")
    endif()
    foreach(used ${M_PUBLIC} ${M_PRIVATE})
        list(FIND engine_order ${used} theirs)
        if(theirs LESS 0 OR NOT theirs LESS mine)
            message(FATAL_ERROR "${name} may not use ${used}: it does not stand below it in engine/FLOORS")
        endif()
    endforeach()

    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.c)
    set(face ${CMAKE_BINARY_DIR}/faces/${name})
    file(MAKE_DIRECTORY ${face}/${name})
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${name}/${name}.h ${face}/${name}/${name}.h SYMBOLIC)

    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${face})
    target_link_libraries(${name} PUBLIC engine_build ${M_PUBLIC} ${M_SHARES}
        PRIVATE engine_warnings ${M_PRIVATE} ${M_LIBRARIES})
    list(TRANSFORM M_EMBED PREPEND ${name}/)
    engine_embed(${name} ${M_EMBED})

    set(alone ${CMAKE_CURRENT_BINARY_DIR}/${name}_alone.c)
    file(CONFIGURE OUTPUT ${alone} CONTENT "#include \"@name@/@name@.h\"\n#include \"@name@/@name@.h\"\n" @ONLY)
    add_library(${name}_alone OBJECT ${alone})
    target_include_directories(${name}_alone PRIVATE ${face})
    target_link_libraries(${name}_alone PRIVATE engine_build engine_warnings ${M_PUBLIC} ${M_SHARES})
endfunction()

# The program: its own sources, everything below, no public face.
function(engine_program name folder)
    cmake_parse_arguments(P "" "" "USES" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.c)
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE ${P_USES} engine_warnings)
    target_compile_definitions(${name} PRIVATE PINBAN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# A unit test of one module: it links that module and what lies below it, nothing else.
function(engine_unit name)
    cmake_parse_arguments(U "" "OF" "ALSO" ${ARGN})
    set(module ${name})
    if(U_OF)
        set(module ${U_OF})
    endif()
    add_executable(unit_${name} ${name}_test.c)
    target_link_libraries(unit_${name} PRIVATE ${module} ${U_ALSO} engine_warnings PkgConfig::CMOCKA)
    add_dependencies(trials unit_${name})
    add_test(NAME unit/${name} COMMAND unit_${name})
    set_tests_properties(unit/${name} PROPERTIES LABELS unit
        ENVIRONMENT "PINBAN_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()
