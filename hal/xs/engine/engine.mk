# The sources of XS that make the engine: its parser is in the compiler only, snapshots and lockdown
# are in neither, and of the built-ins builtins.h says which are left out. defaults.c and absent.c
# stand in for them.
PARSER = xsCode xsLexical xsScope xsScript xsSourceMap xsSyntaxical xsTree
WITHOUT = xsAtomics xsBigInt xsDate xsDefaults xsGenerator xsLockdown xsRegExp xsSnapshot
ENGINE = $(filter-out $(PARSER) $(WITHOUT),$(basename $(notdir $(wildcard $(XS)/sources/*.c))))
# For every source of the engine but xsProperty.c, which defines what the header replaces
BUILTINS = $(if $(filter %/xsProperty.o,$@),,-include hal/xs/engine/builtins.h)
# Sources of XS are compiled again when these change
ENGINE_HEADERS = $(addprefix hal/xs/engine/,builtins.h platform.h)
