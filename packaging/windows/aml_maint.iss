; The Windows installer, for Inno Setup 6. packaging/build.py calls ISCC with the values of the
; three names below. It installs for one person or, with an administrator, for all.
#ifndef Version
  #error "Call it by packaging/build.py: Version, Source and Icons must be given"
#endif

[Setup]
AppId={{6B0F1C1B-5A0B-4E0E-9C58-9B5D0A3F4E21}
AppName=aml_maint
AppVersion={#Version}
AppVerName=aml_maint {#Version}
AppPublisher=aml_maint contributors
DefaultDirName={autopf}\aml_maint
DefaultGroupName=aml_maint
DisableProgramGroupPage=yes
LicenseFile=..\..\LICENSE
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
ChangesAssociations=yes
Compression=lzma2/max
SolidCompression=yes
SetupIconFile={#Icons}\aml_maint.ico
UninstallDisplayIcon={app}\aml-maint-window.exe
WizardStyle=modern
ShowLanguageDialog=auto

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
#ifexist AddBackslash(CompilerPath) + "Languages\ChineseSimplified.isl"
Name: "zh"; MessagesFile: "compiler:Languages\ChineseSimplified.isl"
#endif

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion
Source: "..\..\LICENSE"; DestDir: "{app}"; DestName: "LICENSE.txt"; Flags: ignoreversion

[InstallDelete]
; Nothing of an older version may be found by a newer one.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\aml_maint"; Filename: "{app}\aml-maint-window.exe"
Name: "{group}\aml_maint (demo)"; Filename: "{app}\aml-maint-window.exe"; Parameters: "demo"

[Registry]
Root: HKA; Subkey: "Software\Classes\.amldb\OpenWithProgids"; ValueType: string; ValueName: "aml_maint.ward"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\aml_maint.ward"; ValueType: string; ValueData: "aml_maint ward file"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\aml_maint.ward\DefaultIcon"; ValueType: string; ValueData: "{app}\aml-maint-window.exe,0"
Root: HKA; Subkey: "Software\Classes\aml_maint.ward\shell\open\command"; ValueType: string; ValueData: """{app}\aml-maint-window.exe"" ""%1"""

[Run]
Filename: "{app}\aml-maint-window.exe"; Description: "{cm:LaunchProgram,aml_maint}"; Flags: nowait postinstall skipifsilent
; Ward files lie in the person's own folder. They are never touched, neither here nor on removal.
