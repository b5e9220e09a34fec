/* What the files of auth share. */
#pragma once
#include "auth/auth.h"

/* ---- role.c ---- */

bool role_gives(str role, enum auth_right right);
