<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>About</name>
    <message>
        <source>About CNN Studio</source>
        <translation>关于 CNN Studio</translation>
    </message>
    <message>
        <source>Repairs damaged photographs with convolutional networks.</source>
        <translation>用卷积网络修复受损的照片。</translation>
    </message>
    <message>
        <source>It works on this computer alone: no photo, and nothing about you, is ever sent anywhere.</source>
        <translation>一切都在这台计算机上完成：绝不会向任何地方发送照片或有关您的信息。</translation>
    </message>
    <message>
        <source>&amp;Privacy</source>
        <translation>隐私(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Networks</source>
        <translation>网络(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Licences</source>
        <translation>许可证(&amp;L)</translation>
    </message>
    <message>
        <source>CNN Studio opens no connection to any network, neither when it starts nor at any time later.</source>
        <translation>CNN Studio 在启动时和之后的任何时候都不会连接网络。</translation>
    </message>
    <message>
        <source>Photos are read from where they lie and written where you save them. Sessions, your own models, logs and reports of crashes are in “{folder}”, and stay there. Deleting that folder deletes them.</source>
        <translation>照片从原处读取，并写入您保存的位置。会话、您自己的模型、日志和崩溃报告都在“{folder}”中，不会离开那里。删除该文件夹即可删除它们。</translation>
    </message>
    <message>
        <source>The whole texts of all licences</source>
        <translation>所有许可证的全文</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>You need not take our word for it. The first of these commands runs the program where there is no network at all, and the second lists every connection that it asks for, of which there is none:</source>
        <translation>您可以自行验证。下面第一条命令在完全没有网络的环境中运行程序，第二条列出它请求的每个连接，结果应为空：</translation>
    </message>
    <message>
        <source>{size} · licence {licence}</source>
        <translation>{size} · 许可证 {licence}</translation>
    </message>
    <message>
        <source>CNN Studio stands on these libraries. Qt {version} may be exchanged for other builds of it.</source>
        <translation>CNN Studio 建立在以下程序库之上。Qt {version} 可以换成它的其他构建版本。</translation>
    </message>
</context>
<context>
    <name>BrushTool</name>
    <message>
        <source>Paint over the damage. Alt takes away, Shift+click draws straight, [ ] change the size.</source>
        <translation>涂抹损伤处。按住 Alt 减去，Shift+单击画直线，[ ] 更改大小。</translation>
    </message>
</context>
<context>
    <name>Busy</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Photo</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>The photo to repair. The arrow keys move it, plus and minus zoom. Paint over what is damaged: with Shift the arrow keys move the pointer, and M is its button.</source>
        <translation>要修复的照片。方向键移动，加号和减号缩放。涂抹损伤的地方：按住 Shift 时方向键移动指针，M 键相当于鼠标按键。</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation>打开照片</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open all photos of a folder</source>
        <translation>打开文件夹中的所有照片</translation>
    </message>
    <message>
        <source>Open session…</source>
        <translation>打开会话…</translation>
    </message>
    <message>
        <source>Open a session file with mask, repairs and history</source>
        <translation>打开包含蒙版、修复和历史记录的会话文件</translation>
    </message>
    <message>
        <source>Open the sample photo</source>
        <translation>打开示例照片</translation>
    </message>
    <message>
        <source>Try a damaged photo that comes with the program</source>
        <translation>用程序附带的受损照片试一试</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save the repaired photo; asks before it replaces the original</source>
        <translation>保存修复后的照片；替换原文件前会先询问</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>Choose name, format, quality and what goes with the photo</source>
        <translation>选择名称、格式、质量以及随照片保存的信息</translation>
    </message>
    <message>
        <source>Save a&amp;ll</source>
        <translation>全部保存(&amp;L)</translation>
    </message>
    <message>
        <source>Save all photos that have unsaved repairs</source>
        <translation>保存所有含有未保存修复的照片</translation>
    </message>
    <message>
        <source>Save session…</source>
        <translation>保存会话…</translation>
    </message>
    <message>
        <source>Save photo, mask, repairs and history in one file</source>
        <translation>将照片、蒙版、修复和历史记录保存到一个文件</translation>
    </message>
    <message>
        <source>&amp;Close photo</source>
        <translation>关闭照片(&amp;C)</translation>
    </message>
    <message>
        <source>Close this photo</source>
        <translation>关闭这张照片</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Take back the last step</source>
        <translation>撤销上一步</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Make the step again that was taken back</source>
        <translation>重做刚刚撤销的一步</translation>
    </message>
    <message>
        <source>&amp;Copy photo</source>
        <translation>复制照片(&amp;C)</translation>
    </message>
    <message>
        <source>Copy the repaired photo</source>
        <translation>复制修复后的照片</translation>
    </message>
    <message>
        <source>&amp;Paste as new photo</source>
        <translation>粘贴为新照片(&amp;P)</translation>
    </message>
    <message>
        <source>Open the picture on the clipboard</source>
        <translation>打开剪贴板中的图片</translation>
    </message>
    <message>
        <source>Look, language, device and more</source>
        <translation>外观、语言、设备等</translation>
    </message>
    <message>
        <source>&amp;Brush</source>
        <translation>画笔(&amp;B)</translation>
    </message>
    <message>
        <source>Paint over damage</source>
        <translation>涂抹损伤处</translation>
    </message>
    <message>
        <source>&amp;Eraser</source>
        <translation>橡皮擦(&amp;E)</translation>
    </message>
    <message>
        <source>Take away from what is marked</source>
        <translation>从标记区域中擦除</translation>
    </message>
    <message>
        <source>&amp;Scratch line</source>
        <translation>划痕线(&amp;S)</translation>
    </message>
    <message>
        <source>Click from end to end of a scratch</source>
        <translation>单击划痕的两端</translation>
    </message>
    <message>
        <source>&amp;Lasso</source>
        <translation>套索(&amp;L)</translation>
    </message>
    <message>
        <source>Draw around damage</source>
        <translation>沿损伤处描一圈</translation>
    </message>
    <message>
        <source>&amp;Polygon</source>
        <translation>多边形套索(&amp;P)</translation>
    </message>
    <message>
        <source>Click around damage, corner by corner</source>
        <translation>沿损伤处逐个单击顶点</translation>
    </message>
    <message>
        <source>&amp;Rectangle</source>
        <translation>矩形(&amp;R)</translation>
    </message>
    <message>
        <source>Mark a rectangle</source>
        <translation>标记一个矩形</translation>
    </message>
    <message>
        <source>Magic &amp;wand</source>
        <translation>魔棒(&amp;W)</translation>
    </message>
    <message>
        <source>Click to mark connected similar colours</source>
        <translation>单击以标记相连的相近颜色</translation>
    </message>
    <message>
        <source>&amp;Hand</source>
        <translation>抓手(&amp;H)</translation>
    </message>
    <message>
        <source>Move the photo; so does holding Space</source>
        <translation>移动照片；按住空格键也可以</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>减小画笔</translation>
    </message>
    <message>
        <source>Make the brush or line smaller</source>
        <translation>减小画笔或线条</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>增大画笔</translation>
    </message>
    <message>
        <source>Make the brush or line larger</source>
        <translation>增大画笔或线条</translation>
    </message>
    <message>
        <source>Softer brush</source>
        <translation>柔化画笔</translation>
    </message>
    <message>
        <source>Make the brush softer</source>
        <translation>使画笔更柔和</translation>
    </message>
    <message>
        <source>Harder brush</source>
        <translation>硬化画笔</translation>
    </message>
    <message>
        <source>Make the brush harder</source>
        <translation>使画笔更硬</translation>
    </message>
    <message>
        <source>Show &amp;mask</source>
        <translation>显示蒙版(&amp;M)</translation>
    </message>
    <message>
        <source>Show or hide what is marked</source>
        <translation>显示或隐藏标记区域</translation>
    </message>
    <message>
        <source>Mark &amp;all</source>
        <translation>全部标记(&amp;A)</translation>
    </message>
    <message>
        <source>Mark the whole photo</source>
        <translation>标记整张照片</translation>
    </message>
    <message>
        <source>&amp;Clear mask</source>
        <translation>清除蒙版(&amp;C)</translation>
    </message>
    <message>
        <source>Mark nothing</source>
        <translation>取消所有标记</translation>
    </message>
    <message>
        <source>&amp;Invert mask</source>
        <translation>反转蒙版(&amp;I)</translation>
    </message>
    <message>
        <source>Mark what is not marked, and the other way round</source>
        <translation>标记未标记的部分，并取消已有的标记</translation>
    </message>
    <message>
        <source>&amp;Grow mask</source>
        <translation>扩展蒙版(&amp;G)</translation>
    </message>
    <message>
        <source>Add a rim of 2 pixels to what is marked</source>
        <translation>将标记区域向外扩展 2 像素</translation>
    </message>
    <message>
        <source>Pre&amp;ferences…</source>
        <translation>首选项(&amp;F)…</translation>
    </message>
    <message>
        <source>Export e&amp;vidence…</source>
        <translation>导出证据(&amp;V)…</translation>
    </message>
    <message>
        <source>Put original, mask, result, changed pixels and recipe into one folder</source>
        <translation>将原图、蒙版、结果、已更改的像素和修复说明存入一个文件夹</translation>
    </message>
    <message>
        <source>Pick foun&amp;d damage</source>
        <translation>挑选损伤(&amp;D)</translation>
    </message>
    <message>
        <source>Click damage that was found to drop or keep it; drag a frame to drop all in it</source>
        <translation>点击找到的损伤以排除或保留；拖出方框可排除其中的全部</translation>
    </message>
    <message>
        <source>Take a rim of 2 pixels from what is marked</source>
        <translation>将标记区域向内收缩 2 像素</translation>
    </message>
    <message>
        <source>Shri&amp;nk mask</source>
        <translation>收缩蒙版(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Feather mask</source>
        <translation>羽化蒙版(&amp;F)</translation>
    </message>
    <message>
        <source>Soften the edges of what is marked</source>
        <translation>柔化标记区域的边缘</translation>
    </message>
    <message>
        <source>I&amp;mport mask…</source>
        <translation>导入蒙版(&amp;M)…</translation>
    </message>
    <message>
        <source>Mark what a mask file marks</source>
        <translation>按蒙版文件进行标记</translation>
    </message>
    <message>
        <source>E&amp;xport mask…</source>
        <translation>导出蒙版(&amp;X)…</translation>
    </message>
    <message>
        <source>Save the mask as a PNG</source>
        <translation>将蒙版保存为 PNG</translation>
    </message>
    <message>
        <source>&amp;Find damage</source>
        <translation>查找损伤(&amp;F)</translation>
    </message>
    <message>
        <source>Look for scratches, creases, spots, stains</source>
        <translation>查找划痕、折痕、斑点和污渍</translation>
    </message>
    <message>
        <source>&amp;Show found damage</source>
        <translation>显示找到的损伤(&amp;S)</translation>
    </message>
    <message>
        <source>Show or hide the damage that was found</source>
        <translation>显示或隐藏找到的损伤</translation>
    </message>
    <message>
        <source>&amp;Mark found damage</source>
        <translation>标记找到的损伤(&amp;M)</translation>
    </message>
    <message>
        <source>Mark the found damage that is kept, to change it by hand before it is repaired</source>
        <translation>标记保留的损伤，以便在修复前手动修改</translation>
    </message>
    <message>
        <source>Repair found &amp;damage</source>
        <translation>修复找到的损伤(&amp;D)</translation>
    </message>
    <message>
        <source>Mark and repair the found damage that is kept</source>
        <translation>标记并修复保留的损伤</translation>
    </message>
    <message>
        <source>D&amp;iscard found damage</source>
        <translation>丢弃查找结果(&amp;I)</translation>
    </message>
    <message>
        <source>Forget what was found</source>
        <translation>清除查找结果</translation>
    </message>
    <message>
        <source>Restore the p&amp;hoto</source>
        <translation>复原照片(&amp;H)</translation>
    </message>
    <message>
        <source>Take out noise, JPEG blocks, fading and casts</source>
        <translation>去除噪点、JPEG 块状痕迹、褪色和偏色</translation>
    </message>
    <message>
        <source>&amp;Repair</source>
        <translation>修复(&amp;R)</translation>
    </message>
    <message>
        <source>Repair what is marked; where nothing is, what was found</source>
        <translation>修复标记区域；没有标记时，修复找到的损伤</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>Give up what is under way</source>
        <translation>放弃正在进行的操作</translation>
    </message>
    <message>
        <source>Repair a&amp;new with another seed</source>
        <translation>换种子重新修复(&amp;N)</translation>
    </message>
    <message>
        <source>Make the selected repair anew</source>
        <translation>重新进行所选的修复</translation>
    </message>
    <message>
        <source>Repair on re&amp;lease</source>
        <translation>松开即修复(&amp;L)</translation>
    </message>
    <message>
        <source>Repair as soon as the brush is let go</source>
        <translation>松开画笔时立即修复</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>适合窗口(&amp;F)</translation>
    </message>
    <message>
        <source>Show the whole photo</source>
        <translation>显示整张照片</translation>
    </message>
    <message>
        <source>&amp;Actual size</source>
        <translation>实际像素(&amp;A)</translation>
    </message>
    <message>
        <source>One photo pixel for each screen pixel</source>
        <translation>照片像素与屏幕像素一一对应</translation>
    </message>
    <message>
        <source>200 %</source>
        <translation>200%</translation>
    </message>
    <message>
        <source>Zoom to 200 %</source>
        <translation>缩放到 200%</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>O&amp;riginal</source>
        <translation>原图(&amp;R)</translation>
    </message>
    <message>
        <source>Hold \ to see the photo as it was opened</source>
        <translation>按住 \ 查看打开时的照片</translation>
    </message>
    <message>
        <source>&amp;Split view</source>
        <translation>分割对比(&amp;S)</translation>
    </message>
    <message>
        <source>Before and after with a line to drag</source>
        <translation>用可拖动的分割线对比修复前后</translation>
    </message>
    <message>
        <source>Si&amp;de by side</source>
        <translation>并排对比(&amp;D)</translation>
    </message>
    <message>
        <source>Before and after beside each other</source>
        <translation>并排显示修复前后</translation>
    </message>
    <message>
        <source>&amp;Changed pixels</source>
        <translation>更改的像素(&amp;C)</translation>
    </message>
    <message>
        <source>Show exactly which pixels were changed</source>
        <translation>准确显示哪些像素被更改</translation>
    </message>
    <message>
        <source>Confid&amp;ence</source>
        <translation>可信度(&amp;E)</translation>
    </message>
    <message>
        <source>Show where repairs are sure and where they are guessed</source>
        <translation>显示修复在哪里有把握，在哪里是猜测</translation>
    </message>
    <message>
        <source>&amp;Next photo</source>
        <translation>下一张照片(&amp;N)</translation>
    </message>
    <message>
        <source>Show the next open photo</source>
        <translation>显示下一张已打开的照片</translation>
    </message>
    <message>
        <source>&amp;Previous photo</source>
        <translation>上一张照片(&amp;P)</translation>
    </message>
    <message>
        <source>Show the previous open photo</source>
        <translation>显示上一张已打开的照片</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>全屏(&amp;U)</translation>
    </message>
    <message>
        <source>Use the whole screen</source>
        <translation>使用整个屏幕</translation>
    </message>
    <message>
        <source>Show &amp;panels</source>
        <translation>显示面板(&amp;P)</translation>
    </message>
    <message>
        <source>Fold the panels away, or bring them back</source>
        <translation>收起或重新显示面板</translation>
    </message>
    <message>
        <source>&amp;Reset the layout</source>
        <translation>重置布局(&amp;R)</translation>
    </message>
    <message>
        <source>Put all panels back where they were at first</source>
        <translation>将所有面板恢复到最初的位置</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>All commands and their keys</source>
        <translation>所有命令及其按键</translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>复制报告(&amp;C)</translation>
    </message>
    <message>
        <source>Look whether everything works, and copy what is found for whoever helps you</source>
        <translation>检查一切是否正常，并复制检查结果，供帮助您的人查看</translation>
    </message>
    <message>
        <source>Open the &amp;log folder</source>
        <translation>打开日志文件夹(&amp;L)</translation>
    </message>
    <message>
        <source>Where the program writes down what went wrong</source>
        <translation>程序记录出错情况的位置</translation>
    </message>
    <message>
        <source>&amp;About CNN Studio</source>
        <translation>关于 CNN Studio(&amp;A)</translation>
    </message>
    <message>
        <source>Version, networks and licences</source>
        <translation>版本、网络与许可证</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Mask</source>
        <translation>蒙版(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>窗口(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Marking</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>Repairing</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Looking</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Straight line from the last point</source>
        <translation>从上一点画直线</translation>
    </message>
    <message>
        <source>Shift+click</source>
        <translation>Shift+单击</translation>
    </message>
    <message>
        <source>Take away while painting</source>
        <translation>绘制时减去</translation>
    </message>
    <message>
        <source>Alt</source>
        <translation>Alt</translation>
    </message>
    <message>
        <source>Shapes replace what is marked</source>
        <translation>形状替换标记区域</translation>
    </message>
    <message>
        <source>Ctrl</source>
        <translation>Ctrl</translation>
    </message>
    <message>
        <source>Move the pointer by keys</source>
        <translation>用按键移动指针</translation>
    </message>
    <message>
        <source>Shift+arrow keys</source>
        <translation>Shift+方向键</translation>
    </message>
    <message>
        <source>Press the pointer&apos;s button by key</source>
        <translation>用按键代替鼠标按键</translation>
    </message>
    <message>
        <source>Choose a candidate</source>
        <translation>选择候选结果</translation>
    </message>
    <message>
        <source>See the original</source>
        <translation>查看原图</translation>
    </message>
    <message>
        <source>hold \</source>
        <translation>按住 \</translation>
    </message>
    <message>
        <source>Move the photo</source>
        <translation>移动照片</translation>
    </message>
    <message>
        <source>Space+drag, middle button, arrow keys</source>
        <translation>空格+拖动、鼠标中键、方向键</translation>
    </message>
    <message>
        <source>Zoom around the cursor</source>
        <translation>以光标为中心缩放</translation>
    </message>
    <message>
        <source>wheel</source>
        <translation>滚轮</translation>
    </message>
</context>
<context>
    <name>Comparing</name>
    <message>
        <source>Before and after: drag the line. Esc ends it.</source>
        <translation>修复前与修复后：拖动分割线。按 Esc 结束。</translation>
    </message>
    <message>
        <source>Before at the left, after at the right. Esc ends it.</source>
        <translation>左边是修复前，右边是修复后。按 Esc 结束。</translation>
    </message>
    <message>
        <source>{share} of the pixels are changed; all others are exactly the photo&apos;s own.</source>
        <translation>{share} 的像素已更改；其余像素与原照片完全一致。</translation>
    </message>
    <message>
        <source>Choose a candidate: press 1 to {count} or click one; Esc keeps none.</source>
        <translation>选择一个候选结果：按 1 到 {count} 或单击；按 Esc 全部放弃。</translation>
    </message>
</context>
<context>
    <name>Confidence</name>
    <message>
        <source>Trying other ways to repair it</source>
        <translation>正在尝试其他修复方式</translation>
    </message>
    <message>
        <source>The repairs are being made in other ways, to be compared. Esc gives it up.</source>
        <translation>正在以其他方式重新修复，以便比较。按 Esc 放弃。</translation>
    </message>
    <message>
        <source>There is no repair here whose confidence can be found out.</source>
        <translation>这里没有可以求出可信度的修复。</translation>
    </message>
    <message>
        <source>Confidence: blue where several ways to repair agree, yellow where they differ; by {mean} of 255 grey levels on average.</source>
        <translation>可信度：蓝色处多种修复方式一致，黄色处不一致；平均相差 {mean} 个灰度级（共 255 级）。</translation>
    </message>
</context>
<context>
    <name>DamageKinds</name>
    <message>
        <source>Scratch</source>
        <translation>划痕</translation>
    </message>
    <message>
        <source>Crease</source>
        <translation>折痕</translation>
    </message>
    <message>
        <source>Spot</source>
        <translation>斑点</translation>
    </message>
    <message>
        <source>Stain</source>
        <translation>污渍</translation>
    </message>
    <message>
        <source>Missing part</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>Scratches</source>
        <translation>划痕</translation>
    </message>
    <message>
        <source>Creases</source>
        <translation>折痕</translation>
    </message>
    <message>
        <source>Spots</source>
        <translation>斑点</translation>
    </message>
    <message>
        <source>Stains</source>
        <translation>污渍</translation>
    </message>
    <message>
        <source>Missing parts</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>Scratches, hairs and fibres</source>
        <translation>划痕、毛发和纤维</translation>
    </message>
    <message>
        <source>Creases and tears</source>
        <translation>折痕和撕裂</translation>
    </message>
    <message>
        <source>Dust and specks</source>
        <translation>灰尘和斑点</translation>
    </message>
    <message>
        <source>Stains and blotches</source>
        <translation>污渍和污斑</translation>
    </message>
    <message>
        <source>Torn corners and holes</source>
        <translation>撕掉的边角和破洞</translation>
    </message>
    <message>
        <source>Sensitivity: {kinds}</source>
        <translation>灵敏度：{kinds}</translation>
    </message>
</context>
<context>
    <name>DamagePanel</name>
    <message>
        <source>Looks for scratches, creases, spots, stains and missing parts. Nothing is repaired before you have seen what was found.</source>
        <translation>查找划痕、折痕、斑点、污渍和缺失部分。在您看过结果之前，不会修复任何内容。</translation>
    </message>
    <message>
        <source>Find damage</source>
        <translation>查找损伤</translation>
    </message>
    <message>
        <source>Look for damage in this photo (F)</source>
        <translation>在这张照片中查找损伤 (F)</translation>
    </message>
    <message>
        <source>Progress of looking for damage</source>
        <translation>查找损伤的进度</translation>
    </message>
    <message>
        <source>Look no further (Esc)</source>
        <translation>停止查找 (Esc)</translation>
    </message>
    <message>
        <source>You can go on marking and repairing meanwhile.</source>
        <translation>其间可以继续标记和修复。</translation>
    </message>
    <message>
        <source>Show found damage</source>
        <translation>显示找到的损伤</translation>
    </message>
    <message>
        <source>Show or hide the damage over the photo (Shift+H)</source>
        <translation>在照片上显示或隐藏损伤 (Shift+H)</translation>
    </message>
    <message>
        <source>How closely to look: more finds more, and errs more often</source>
        <translation>查找的细致程度：越高找到的越多，误判也越多</translation>
    </message>
    <message>
        <source>Look more closely</source>
        <translation>更仔细地查找</translation>
    </message>
    <message>
        <source>Raise the sensitivity of all kinds: more is found, and more in error</source>
        <translation>提高所有类型的灵敏度：会找到更多，误报也更多</translation>
    </message>
    <message>
        <source>Repair found damage</source>
        <translation>修复找到的损伤</translation>
    </message>
    <message>
        <source>Mark and repair all that is kept (Ctrl+Enter)</source>
        <translation>标记并修复所有保留的损伤 (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>Mark all that is kept, to change it by brush and eraser first (Ctrl+M)</source>
        <translation>标记所有保留的损伤，先用画笔和橡皮擦修改 (Ctrl+M)</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Forget what was found</source>
        <translation>清除查找结果</translation>
    </message>
    <message>
        <source>Waiting…</source>
        <translation>正在等待…</translation>
    </message>
    <message>
        <source>What was found is marked now: brush and eraser change it.</source>
        <translation>找到的损伤已标记：可用画笔和橡皮擦修改。</translation>
    </message>
    <message>
        <source>Places to repair: {kept} of {total}</source>
        <translation>待修复：{kept} 处，共 {total} 处</translation>
    </message>
    <message>
        <source>No damage was found, even at the highest sensitivity. Paint over what you see (B).</source>
        <translation>没有找到损伤，最高灵敏度下也没有。请自行涂抹您看到的损伤 (B)。</translation>
    </message>
    <message>
        <source>Nothing is surely damaged. A higher sensitivity looks more closely.</source>
        <translation>没有可以确定的损伤。提高灵敏度会查找得更细致。</translation>
    </message>
    <message>
        <source>None of these kinds of damage was found.</source>
        <translation>没有找到所选种类的损伤。</translation>
    </message>
    <message>
        <source>Repair what is marked</source>
        <translation>修复标记区域</translation>
    </message>
</context>
<context>
    <name>Docks</name>
    <message>
        <source>Show or hide this panel: {name}</source>
        <translation>显示或隐藏此面板：{name}</translation>
    </message>
</context>
<context>
    <name>EraserTool</name>
    <message>
        <source>Take away from what is marked. Shift+click draws straight.</source>
        <translation>从标记区域中擦除。Shift+单击画直线。</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Save as</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>photo</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>JPEG – small, opens everywhere</source>
        <translation>JPEG – 文件小，随处可打开</translation>
    </message>
    <message>
        <source>PNG – exact</source>
        <translation>PNG – 无损</translation>
    </message>
    <message>
        <source>TIFF – exact, for archives and print</source>
        <translation>TIFF – 无损，适合存档和印刷</translation>
    </message>
    <message>
        <source>WebP – small, for the web</source>
        <translation>WebP – 文件小，适合网络</translation>
    </message>
    <message>
        <source>BMP – exact, large</source>
        <translation>BMP – 无损，文件大</translation>
    </message>
    <message>
        <source>OpenRaster – photo, repairs and mask as layers for GIMP and Krita</source>
        <translation>OpenRaster – 照片、修复和蒙版各为图层，供 GIMP 和 Krita 使用</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>100 is best and largest; below 80 it begins to show</source>
        <translation>100 质量最好、文件最大；低于 80 时开始看得出损失</translation>
    </message>
    <message>
        <source>16 bits (as the photo)</source>
        <translation>16 位（与照片相同）</translation>
    </message>
    <message>
        <source>8 bits (as the photo)</source>
        <translation>8 位（与照片相同）</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 位</translation>
    </message>
    <message>
        <source>Keep everything</source>
        <translation>全部保留</translation>
    </message>
    <message>
        <source>Leave out where it was taken</source>
        <translation>去除拍摄地点</translation>
    </message>
    <message>
        <source>Leave out all camera data, captions and notes</source>
        <translation>去除所有相机数据、说明和备注</translation>
    </message>
    <message>
        <source>Record in the file that it was repa&amp;ired</source>
        <translation>在文件中注明经过修复(&amp;I)</translation>
    </message>
    <message>
        <source>What would be lost</source>
        <translation>会丢失的内容</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>选择(&amp;H)…</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>名称(&amp;N)：</translation>
    </message>
    <message>
        <source>Name of the file</source>
        <translation>文件的名称</translation>
    </message>
    <message>
        <source>&amp;Folder:</source>
        <translation>文件夹(&amp;F)：</translation>
    </message>
    <message>
        <source>Where the file goes</source>
        <translation>文件保存的位置</translation>
    </message>
    <message>
        <source>F&amp;ormat:</source>
        <translation>格式(&amp;O)：</translation>
    </message>
    <message>
        <source>What kind of file</source>
        <translation>文件的种类</translation>
    </message>
    <message>
        <source>&amp;Quality:</source>
        <translation>质量(&amp;Q)：</translation>
    </message>
    <message>
        <source>&amp;Depth:</source>
        <translation>位深(&amp;D)：</translation>
    </message>
    <message>
        <source>Bits for each colour of a pixel</source>
        <translation>每个像素的每种颜色所用的位数</translation>
    </message>
    <message>
        <source>&amp;Metadata:</source>
        <translation>元数据(&amp;M)：</translation>
    </message>
    <message>
        <source>What goes with the photo: camera data, place, captions</source>
        <translation>随照片保存的信息：相机数据、地点、说明</translation>
    </message>
    <message>
        <source>Save in</source>
        <translation>保存到</translation>
    </message>
    <message>
        <source>Same as the original</source>
        <translation>与原文件相同</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>无损</translation>
    </message>
    <message>
        <source>Says in the file’s metadata (XMP) where it was repaired, when, and by which model</source>
        <translation>在文件的元数据 (XMP) 中写明修复的位置、时间和所用模型</translation>
    </message>
    <message>
        <source>This format cannot hold the record; JPEG, PNG, TIFF and WebP can</source>
        <translation>此格式无法保存这项记录；JPEG、PNG、TIFF 和 WebP 可以</translation>
    </message>
    <message>
        <source>What would be lost:</source>
        <translation>会丢失的内容：</translation>
    </message>
    <message>
        <source>Nothing is lost.</source>
        <translation>不会丢失任何内容。</translation>
    </message>
    <message>
        <source>Give the file a name.</source>
        <translation>请为文件命名。</translation>
    </message>
    <message>
        <source>A file’s name cannot hold any of / \ : * ? &quot; &lt; &gt; |</source>
        <translation>文件名不能包含以下任何字符：/ \ : * ? &quot; &lt; &gt; |</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>没有这个文件夹。</translation>
    </message>
    <message>
        <source>There is a folder of that name.</source>
        <translation>已有同名的文件夹。</translation>
    </message>
    <message>
        <source>“{name}” exists already and would be replaced.</source>
        <translation>“{name}”已存在，将被替换。</translation>
    </message>
    <message>
        <source>This is the file that you opened: the original would be replaced.</source>
        <translation>这是您打开的文件：原文件将被替换。</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>替换(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
</context>
<context>
    <name>FavouriteStrip</name>
    <message>
        <source>Favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Remove from the favourites</source>
        <translation>从收藏中移除</translation>
    </message>
    <message>
        <source>Remove the chosen one from the favourites (Del)</source>
        <translation>从收藏中移除所选图片 (Del)</translation>
    </message>
    <message>
        <source>Choose one to see it large; A and B mark the ends of a way between two</source>
        <translation>选择一张以放大查看；A 和 B 标记两张图片之间过渡的两端</translation>
    </message>
    <message>
        <source>The model “{id}” that made this favourite is not here. It is kept until the model is back.</source>
        <translation>生成这张收藏图片的模型“{id}”不在这里。收藏会保留到该模型恢复为止。</translation>
    </message>
</context>
<context>
    <name>Filing</name>
    <message>
        <source>Photos ({patterns})</source>
        <translation>照片 ({patterns})</translation>
    </message>
    <message>
        <source>Sessions ({patterns})</source>
        <translation>会话 ({patterns})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation>打开照片</translation>
    </message>
    <message>
        <source>Open a folder of photos</source>
        <translation>打开照片文件夹</translation>
    </message>
    <message>
        <source>Open a session</source>
        <translation>打开会话</translation>
    </message>
    <message>
        <source>Sample photo</source>
        <translation>示例照片</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>剪贴板中没有图片。</translation>
    </message>
    <message>
        <source>Save the session</source>
        <translation>保存会话</translation>
    </message>
    <message>
        <source>Masks ({patterns})</source>
        <translation>蒙版 ({patterns})</translation>
    </message>
    <message>
        <source>Import a mask</source>
        <translation>导入蒙版</translation>
    </message>
    <message>
        <source>Export the mask</source>
        <translation>导出蒙版</translation>
    </message>
    <message>
        <source>“{name}” has repairs that are not saved.</source>
        <translation>“{name}”有未保存的修复。</translation>
    </message>
    <message>
        <source>{count} photos have repairs that are not saved.</source>
        <translation>{count} 张照片有未保存的修复。</translation>
    </message>
    <message>
        <source>Closing without saving loses them.</source>
        <translation>不保存就关闭会丢失这些修复。</translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation>保存(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Close without saving</source>
        <translation>不保存并关闭(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Keep open</source>
        <translation>保持打开(&amp;K)</translation>
    </message>
    <message>
        <source>Replace the original “{name}”?</source>
        <translation>替换原文件“{name}”？</translation>
    </message>
    <message>
        <source>The photo as it was cannot be had back from the file afterwards.</source>
        <translation>替换之后将无法再从该文件恢复原来的照片。</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>替换(&amp;R)</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>Pasted photo</source>
        <translation>粘贴的照片</translation>
    </message>
</context>
<context>
    <name>Filmstrip</name>
    <message>
        <source>Open photos</source>
        <translation>已打开的照片</translation>
    </message>
</context>
<context>
    <name>FindControl</name>
    <message>
        <source>Marked. Change it by brush and eraser, then repair it by Enter.</source>
        <translation>已标记。可用画笔和橡皮擦修改，再按 Enter 修复。</translation>
    </message>
    <message>
        <source>Places with damage: {n}. Click one to drop it; Enter repairs the rest.</source>
        <translation>找到 {n} 处损伤。点击一处可将其排除；按 Enter 修复其余部分。</translation>
    </message>
    <message>
        <source>Places with damage: {n}. Click one to drop it.</source>
        <translation>找到 {n} 处损伤。点击一处可将其排除。</translation>
    </message>
    <message>
        <source>Nothing is surely damaged.</source>
        <translation>没有可以确定的损伤。</translation>
    </message>
    <message>
        <source>Places with damage: {n}. Press D to pick from them.</source>
        <translation>找到 {n} 处损伤。按 D 从中挑选。</translation>
    </message>
    <message>
        <source>There is no model here that finds damage. “cnnstudio train detect” trains one on photos of yours.</source>
        <translation>这里没有查找损伤的模型。“cnnstudio train detect”可用您的照片训练一个。</translation>
    </message>
    <message>
        <source>Open a photo first.</source>
        <translation>请先打开一张照片。</translation>
    </message>
</context>
<context>
    <name>FoundList</name>
    <message>
        <source>Found damage</source>
        <translation>找到的损伤</translation>
    </message>
    <message>
        <source>Space keeps or drops what is selected, Del drops it; Enter shows it on the photo</source>
        <translation>Space 保留或排除所选项，Del 排除；Enter 在照片上显示</translation>
    </message>
</context>
<context>
    <name>GeneratePanel</name>
    <message>
        <source>The network that makes pictures</source>
        <translation>生成图片的网络</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The number of the first picture; each of the others has one more. The same number makes the same picture</source>
        <translation>第一张图片的编号，其余依次加一。相同的编号生成相同的图片</translation>
    </message>
    <message>
        <source>Random seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Other pictures, from a random seed</source>
        <translation>用随机种子生成别的图片</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片数</translation>
    </message>
    <message>
        <source>How many pictures to make</source>
        <translation>要生成多少张图片</translation>
    </message>
    <message>
        <source>Variety</source>
        <translation>多样性</translation>
    </message>
    <message>
        <source>How far pictures may be from the average one (truncation): less makes them plainer and alike</source>
        <translation>图片可偏离平均图片的程度（截断）：越小越平淡、越相似</translation>
    </message>
    <message>
        <source>&amp;Seed</source>
        <translation>种子(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Pictures</source>
        <translation>图片数(&amp;P)</translation>
    </message>
    <message>
        <source>Var&amp;iety</source>
        <translation>多样性(&amp;I)</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Make these pictures</source>
        <translation>生成这些图片</translation>
    </message>
    <message>
        <source>Find similar…</source>
        <translation>查找相似…</translation>
    </message>
    <message>
        <source>Look for the picture most like one that you have, among all that the model can make</source>
        <translation>在该模型能生成的所有图片中，查找与您已有的一张最相似的图片</translation>
    </message>
    <message>
        <source>Progress of the pictures</source>
        <translation>图片生成进度</translation>
    </message>
    <message>
        <source>Make no more of these pictures (Esc)</source>
        <translation>停止生成图片 (Esc)</translation>
    </message>
    <message>
        <source>Pictures made</source>
        <translation>生成的图片</translation>
    </message>
    <message>
        <source>Choose one to see it large; A and B mark the ends of a way between two</source>
        <translation>选择一张以放大查看；A 和 B 标记两张图片之间过渡的两端</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>Between two</source>
        <translation>两张之间</translation>
    </message>
    <message>
        <source>Picture: {name}</source>
        <translation>图片：{name}</translation>
    </message>
    <message>
        <source>This is the nearest that was found: it differs by {n} of 255 grey levels on average.</source>
        <translation>这是找到的最接近的图片：平均相差 {n} 级灰度（共 255 级）。</translation>
    </message>
    <message>
        <source>Pictures ({patterns})</source>
        <translation>图片 ({patterns})</translation>
    </message>
    <message>
        <source>Find a similar picture</source>
        <translation>查找相似的图片</translation>
    </message>
    <message>
        <source>Moving pictures (*.gif *.webp *.apng)</source>
        <translation>动态图片 (*.gif *.webp *.apng)</translation>
    </message>
    <message>
        <source>Save as a moving picture</source>
        <translation>存为动态图片</translation>
    </message>
    <message>
        <source>There is no model here that makes pictures. “cnnstudio train gan” trains one on your own.</source>
        <translation>这里没有能生成图片的模型。可以用“cnnstudio train gan”自行训练一个。</translation>
    </message>
    <message>
        <source>To a picture file…</source>
        <translation>与图片文件相似…</translation>
    </message>
    <message>
        <source>To what is marked in the photo</source>
        <translation>与照片中的标记区域相似</translation>
    </message>
    <message>
        <source>Pictures from nothing but a number: press Generate, and choose one to see it large.</source>
        <translation>仅凭一个数字就能生成图片：请按“生成”，再选择一张放大查看。</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.tif)</source>
        <translation>图片 (*.png *.jpg *.tif)</translation>
    </message>
    <message>
        <source>Save all pictures</source>
        <translation>保存所有图片</translation>
    </message>
    <message>
        <source>Save as PNGs</source>
        <translation>存为 PNG</translation>
    </message>
    <message>
        <source>Saved “{name}”.</source>
        <translation>已保存“{name}”。</translation>
    </message>
    <message>
        <source>Saved {n} pictures in “{folder}”.</source>
        <translation>已将 {n} 张图片保存到“{folder}”。</translation>
    </message>
</context>
<context>
    <name>HandTool</name>
    <message>
        <source>Drag to move the photo.</source>
        <translation>拖动以移动照片。</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Click a step to go back or forward to it</source>
        <translation>单击某一步骤即可后退或前进到该步骤</translation>
    </message>
</context>
<context>
    <name>LargePicture</name>
    <message>
        <source>The picture, large</source>
        <translation>放大的图片</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Keep this picture among the favourites (S where pictures are chosen)</source>
        <translation>将这张图片加入收藏（在选择图片处按 S）</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在查找…</translation>
    </message>
</context>
<context>
    <name>LassoTool</name>
    <message>
        <source>Draw around the damage. Alt takes away, Ctrl replaces.</source>
        <translation>沿损伤处描一圈。按住 Alt 减去，按住 Ctrl 替换。</translation>
    </message>
</context>
<context>
    <name>LatentNames</name>
    <message>
        <source>{a} → {b}: {share} %</source>
        <translation>{a} → {b}：{share}%</translation>
    </message>
    <message>
        <source>Found picture</source>
        <translation>找到的图片</translation>
    </message>
    <message>
        <source>Seed {n}</source>
        <translation>种子 {n}</translation>
    </message>
    <message>
        <source>{name}, moved</source>
        <translation>{name}（已移动）</translation>
    </message>
</context>
<context>
    <name>LatentSliders</name>
    <message>
        <source>Direction {n}</source>
        <translation>方向 {n}</translation>
    </message>
    <message>
        <source>Moves the picture along a direction in which this model&apos;s pictures change most, in standard deviations. A double click takes it back to 0</source>
        <translation>沿该模型的图片变化最大的方向之一移动图片，单位为标准差。双击回到 0</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Back to the picture as it was before it was moved</source>
        <translation>回到图片移动之前的样子</translation>
    </message>
</context>
<context>
    <name>LayerModel</name>
    <message>
        <source>{name}
Click to show it, double-click or F2 to rename it</source>
        <translation>{name}
单击以显示，双击或按 F2 重命名</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>已隐藏</translation>
    </message>
    <message>
        <source>placed by hand</source>
        <translation>手动放置</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>Fair</source>
        <translation>一般</translation>
    </message>
    <message>
        <source>Guess</source>
        <translation>猜测</translation>
    </message>
    <message>
        <source>Good: repairs like this one come very close to the truth nearby.</source>
        <translation>良好：在附近，同样的修复与真实情况非常接近。</translation>
    </message>
    <message>
        <source>Fair: repairs like this one come near the truth nearby, but not in every detail.</source>
        <translation>一般：在附近，同样的修复接近真实情况，但并非每个细节都准确。</translation>
    </message>
    <message>
        <source>Guess: no undamaged place like this one was found nearby, so it could not be tried.</source>
        <translation>猜测：附近没有找到与此处相似的完好位置，因此无法验证。</translation>
    </message>
    <message>
        <source>Guess: this looks likely, but what was there may have looked quite different.</source>
        <translation>猜测：看起来合理，但原来的样子可能大不相同。</translation>
    </message>
    <message>
        <source>Tried in {places} undamaged places nearby, hidden and repaired in the same way: wrong by {error} of 255 grey levels on average (PSNR {psnr} dB).</source>
        <translation>在附近 {places} 处完好的位置遮住并以同样方式修复来验证：平均误差为 {error} 个灰度级（共 255 级，PSNR {psnr} dB）。</translation>
    </message>
</context>
<context>
    <name>LineTool</name>
    <message>
        <source>Click where the scratch starts, then where it ends. Shift: steps of 45°, Alt: take away.</source>
        <translation>先单击划痕的起点，再单击终点。Shift：以 45° 为步长，Alt：减去。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Something went wrong inside CNN Studio. Your photos are not changed, and your work is kept.</source>
        <translation>CNN Studio 内部出错了。您的照片没有改变，您的工作也已保留。</translation>
    </message>
    <message>
        <source>CNN Studio ended unexpectedly the last time. What is known of it stands in “{path}”.</source>
        <translation>CNN Studio 上次意外退出。已知的情况记录在“{path}”中。</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>Main bar</source>
        <translation>主工具栏</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Damage</source>
        <translation>损伤</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>复原</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Repairs</source>
        <translation>修复图层</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Navigator</source>
        <translation>导航器</translation>
    </message>
    <message>
        <source>Open photos</source>
        <translation>已打开的照片</translation>
    </message>
    <message>
        <source>Mark where the picture is to go first.</source>
        <translation>请先标记图片要放的位置。</translation>
    </message>
    <message>
        <source>Mark what the picture is to be like first.</source>
        <translation>请先标记图片要与之相似的部分。</translation>
    </message>
    <message>
        <source>Saved as “{name}” in “{folder}”.</source>
        <translation>已保存为“{name}”，位于“{folder}”。</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>The folder could not be opened. The logs are in “{path}”.</source>
        <translation>无法打开该文件夹。日志位于“{path}”。</translation>
    </message>
</context>
<context>
    <name>MaskActions</name>
    <message>
        <source>Nothing is marked yet.</source>
        <translation>尚未标记任何区域。</translation>
    </message>
    <message>
        <source>The mask has been saved as “{name}”.</source>
        <translation>蒙版已保存为“{name}”。</translation>
    </message>
</context>
<context>
    <name>ModelChooser</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>ModelFacts</name>
    <message>
        <source>Scratches</source>
        <translation>划痕</translation>
    </message>
    <message>
        <source>Dust</source>
        <translation>灰尘</translation>
    </message>
    <message>
        <source>Creases</source>
        <translation>折痕</translation>
    </message>
    <message>
        <source>Stains</source>
        <translation>污渍</translation>
    </message>
    <message>
        <source>Missing corners</source>
        <translation>缺角</translation>
    </message>
    <message>
        <source>Holes</source>
        <translation>破洞</translation>
    </message>
    <message>
        <source>Stamps</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>字迹</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>总体</translation>
    </message>
    <message>
        <source>PSNR over the damage, dB (higher is better)</source>
        <translation>损伤区域的 PSNR，dB（越高越好）</translation>
    </message>
    <message>
        <source>PSNR of the whole picture, dB (higher is better)</source>
        <translation>整张图片的 PSNR，dB（越高越好）</translation>
    </message>
    <message>
        <source>Visible difference from the truth (lower is better)</source>
        <translation>与真实画面的可见差异（越低越好）</translation>
    </message>
    <message>
        <source>{n} MB</source>
        <translation>{n} MB</translation>
    </message>
    <message>
        <source>Measured on photographs it had not seen, against smooth filling without a network:</source>
        <translation>在模型未见过的照片上测得，与不用网络的平滑填充相比：</translation>
    </message>
    <message>
        <source>Damage</source>
        <translation>损伤</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>提升</translation>
    </message>
    <message>
        <source>Closer to the eye</source>
        <translation>视觉上更接近</translation>
    </message>
    <message>
        <source>On photographs it had not seen</source>
        <translation>在模型未见过的照片上</translation>
    </message>
    <message>
        <source>Untrained</source>
        <translation>训练前</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>训练后</translation>
    </message>
    <message>
        <source>Trained on {n} photographs.</source>
        <translation>用 {n} 张照片训练。</translation>
    </message>
    <message>
        <source>{n} others were kept out to measure it.</source>
        <translation>另留出 {n} 张用于测量。</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>Checksum of the weights (SHA-256): {sum}</source>
        <translation>权重的校验和 (SHA-256)：{sum}</translation>
    </message>
</context>
<context>
    <name>Navigator</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Click or drag to move to another part of the photo; the wheel zooms</source>
        <translation>单击或拖动以移到照片的其他部分；滚轮缩放</translation>
    </message>
</context>
<context>
    <name>NearestBox</name>
    <message>
        <source>Nearest training picture…</source>
        <translation>最接近的训练图片…</translation>
    </message>
    <message>
        <source>See whether this picture is a copy of one that the network was trained on</source>
        <translation>查明这张图片是不是网络训练时所用图片的复制品</translation>
    </message>
    <message>
        <source>Progress of the comparison</source>
        <translation>比较进度</translation>
    </message>
    <message>
        <source>Compare no more (Esc)</source>
        <translation>不再比较 (Esc)</translation>
    </message>
    <message>
        <source>Preparing the comparison…</source>
        <translation>正在准备比较…</translation>
    </message>
    <message>
        <source>Compared with {done} of {count} training pictures</source>
        <translation>已与 {count} 张训练图片中的 {done} 张比较</translation>
    </message>
</context>
<context>
    <name>NearestDialog</name>
    <message>
        <source>Nearest training picture</source>
        <translation>最接近的训练图片</translation>
    </message>
    <message>
        <source>Made by the network</source>
        <translation>网络生成的图片</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Open its &amp;folder</source>
        <translation>打开所在文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>Most likely a copy: the two are {n} times as far apart as training pictures usually are from each other.</source>
        <translation>很可能是复制品：两者的距离是训练图片之间通常距离的 {n} 倍。</translation>
    </message>
    <message>
        <source>Perhaps a copy, so look at both: the two are {n} times as far apart as training pictures usually are from each other.</source>
        <translation>也许是复制品，请对照两张图片：两者的距离是训练图片之间通常距离的 {n} 倍。</translation>
    </message>
    <message>
        <source>No copy: the two are {n} times as far apart as training pictures usually are from each other.</source>
        <translation>不是复制品：两者的距离是训练图片之间通常距离的 {n} 倍。</translation>
    </message>
    <message>
        <source>There are too few training pictures to tell whether that is near: look at both.</source>
        <translation>训练图片太少，无法判断是否相近，请对照两张图片。</translation>
    </message>
    <message>
        <source>No program here shows folders. It is “{folder}”.</source>
        <translation>这里没有能显示文件夹的程序。所在文件夹是“{folder}”。</translation>
    </message>
</context>
<context>
    <name>NearestSearch</name>
    <message>
        <source>The comparison ended unexpectedly; perhaps memory or room on the disk ran out.</source>
        <translation>比较意外结束，可能是内存或磁盘空间不足。</translation>
    </message>
    <message>
        <source>The folder “{folder}” is not there any more.</source>
        <translation>文件夹“{folder}”已不存在。</translation>
    </message>
    <message>
        <source>There are no pictures in the folder “{folder}”.</source>
        <translation>文件夹“{folder}”中没有图片。</translation>
    </message>
    <message>
        <source>None of the pictures in the folder “{folder}” can be read.</source>
        <translation>文件夹“{folder}”中的图片都无法读取。</translation>
    </message>
    <message>
        <source>Comparing needs packages that are not there: pip install &apos;cnnstudio[train]&apos; adds them.</source>
        <translation>缺少比较所需的软件包，可用 pip install &apos;cnnstudio[train]&apos; 安装。</translation>
    </message>
    <message>
        <source>Something went wrong while the pictures were compared.</source>
        <translation>比较图片时出了问题。</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Notices</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>还有 {n} 条</translation>
    </message>
</context>
<context>
    <name>PhotoView</name>
    <message>
        <source>Before</source>
        <translation>修复前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>修复后</translation>
    </message>
</context>
<context>
    <name>PickTool</name>
    <message>
        <source>Click damage to drop or keep it. Drag a frame to drop all in it, with Shift to keep it.</source>
        <translation>点击损伤以排除或保留。拖出方框可排除其中的全部，按住 Shift 则保留。</translation>
    </message>
    <message>
        <source>{kind}, {confidence} % sure</source>
        <translation>{kind}，把握 {confidence}%</translation>
    </message>
    <message>
        <source>{what}: dropped</source>
        <translation>{what}：已排除</translation>
    </message>
</context>
<context>
    <name>PictureButtons</name>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Save this picture</source>
        <translation>保存这张图片</translation>
    </message>
    <message>
        <source>Save all…</source>
        <translation>全部保存…</translation>
    </message>
    <message>
        <source>Save all pictures into a folder</source>
        <translation>将所有图片保存到文件夹</translation>
    </message>
    <message>
        <source>Use as patch</source>
        <translation>用作补丁</translation>
    </message>
    <message>
        <source>Put this picture into what is marked in the photo</source>
        <translation>将这张图片放入照片的标记区域</translation>
    </message>
</context>
<context>
    <name>PolygonTool</name>
    <message>
        <source>Click corner by corner; Enter or a double click closes, Backspace takes the last corner back.</source>
        <translation>逐个单击顶点；按 Enter 或双击闭合，按 Backspace 撤回上一个顶点。</translation>
    </message>
</context>
<context>
    <name>Preferences</name>
    <message>
        <source>Preferences</source>
        <translation>首选项</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>The fastest there is</source>
        <translation>最快的设备</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Dark or light; a dark window shows photos best</source>
        <translation>深色或浅色；深色窗口最适合看照片</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Of the window; takes effect at the next start</source>
        <translation>窗口的语言；下次启动时生效</translation>
    </message>
    <message>
        <source>Another language takes effect at the next start.</source>
        <translation>更改的语言将在下次启动时生效。</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>&amp;Theme:</source>
        <translation>主题(&amp;T)：</translation>
    </message>
    <message>
        <source>&amp;Language:</source>
        <translation>语言(&amp;L)：</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>选择(&amp;H)…</translation>
    </message>
    <message>
        <source>Colour of the mask</source>
        <translation>蒙版颜色</translation>
    </message>
    <message>
        <source>The colour that marks damage; one that the photo has not is seen best</source>
        <translation>标记损伤所用的颜色；照片中没有的颜色最醒目</translation>
    </message>
    <message>
        <source>Opacity of the mask</source>
        <translation>蒙版不透明度</translation>
    </message>
    <message>
        <source>How strongly the mask covers the photo (H hides it)</source>
        <translation>蒙版遮盖照片的程度（按 H 隐藏）</translation>
    </message>
    <message>
        <source>&amp;Pen pressure changes the brush’s size</source>
        <translation>笔压改变画笔大小(&amp;P)</translation>
    </message>
    <message>
        <source>A pen that is pressed less paints thinner</source>
        <translation>压得越轻，画得越细</translation>
    </message>
    <message>
        <source>Pen pressure changes the brush’s size</source>
        <translation>笔压改变画笔大小</translation>
    </message>
    <message>
        <source>Marking</source>
        <translation>标记</translation>
    </message>
    <message>
        <source>&amp;Colour of the mask:</source>
        <translation>蒙版颜色(&amp;C)：</translation>
    </message>
    <message>
        <source>&amp;Opacity of the mask:</source>
        <translation>蒙版不透明度(&amp;O)：</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>What repairs are computed on</source>
        <translation>用于计算修复的设备</translation>
    </message>
    <message>
        <source>Repairing</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>&amp;Device:</source>
        <translation>设备(&amp;D)：</translation>
    </message>
    <message>
        <source>Record in the file that it was repa&amp;ired</source>
        <translation>在文件中注明经过修复(&amp;I)</translation>
    </message>
    <message>
        <source>Says in the file’s metadata (XMP) where it was repaired, when, and by which model</source>
        <translation>在文件的元数据 (XMP) 中写明修复的位置、时间和所用模型</translation>
    </message>
    <message>
        <source>Record in the file that it was repaired</source>
        <translation>在文件中注明经过修复</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>&amp;Forget the photos opened before</source>
        <translation>清除最近打开的照片(&amp;F)</translation>
    </message>
    <message>
        <source>Forget the photos opened before</source>
        <translation>清除最近打开的照片</translation>
    </message>
    <message>
        <source>Empties the list of recent photos; the photos themselves stay</source>
        <translation>清空最近打开的照片列表；照片本身不受影响</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>记住的内容</translation>
    </message>
    <message>
        <source>Tools, panels, the window’s place and all that is chosen here are remembered.</source>
        <translation>工具、面板、窗口位置以及此处的所有选择都会被记住。</translation>
    </message>
</context>
<context>
    <name>Proving</name>
    <message>
        <source>{name}-evidence</source>
        <translation>{name}-证据</translation>
    </message>
    <message>
        <source>Export evidence: name of the new folder</source>
        <translation>导出证据：新文件夹的名称</translation>
    </message>
    <message>
        <source>The evidence is in “{folder}”.</source>
        <translation>证据已存入“{folder}”。</translation>
    </message>
</context>
<context>
    <name>RecoveryDialog</name>
    <message>
        <source>Unsaved work</source>
        <translation>未保存的工作</translation>
    </message>
    <message>
        <source>CNN Studio did not end as it should the last time. This work is safe and can be opened again.</source>
        <translation>CNN Studio 上次未正常退出。以下工作已妥善保留，可以重新打开。</translation>
    </message>
    <message>
        <source>&amp;Open all</source>
        <translation>全部打开(&amp;O)</translation>
    </message>
    <message>
        <source>Open all of it where it was left</source>
        <translation>全部打开，从上次离开的地方继续</translation>
    </message>
    <message>
        <source>Open &amp;selected</source>
        <translation>打开所选(&amp;S)</translation>
    </message>
    <message>
        <source>Open only what is selected in the list</source>
        <translation>只打开列表中选中的项目</translation>
    </message>
    <message>
        <source>&amp;Discard…</source>
        <translation>丢弃(&amp;D)…</translation>
    </message>
    <message>
        <source>Throw away what is selected</source>
        <translation>丢弃选中的项目</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>以后再说(&amp;L)</translation>
    </message>
    <message>
        <source>Ask again at the next start</source>
        <translation>下次启动时再询问</translation>
    </message>
    <message>
        <source>&amp;Throw away</source>
        <translation>丢弃(&amp;T)</translation>
    </message>
    <message>
        <source>It cannot be had back</source>
        <translation>丢弃后无法恢复</translation>
    </message>
    <message>
        <source>&amp;Keep</source>
        <translation>保留(&amp;K)</translation>
    </message>
    <message>
        <source>Leave it in the list</source>
        <translation>留在列表中</translation>
    </message>
    <message>
        <source>Pasted photo</source>
        <translation>粘贴的照片</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 步</translation>
    </message>
    <message>
        <source>{n} steps</source>
        <translation>{n} 步</translation>
    </message>
    <message>
        <source>Throw this work away? It cannot be had back.</source>
        <translation>丢弃这项工作？丢弃后无法恢复。</translation>
    </message>
    <message>
        <source>Throw away the work on {n} photos? It cannot be had back.</source>
        <translation>丢弃对 {n} 张照片所做的工作？丢弃后无法恢复。</translation>
    </message>
</context>
<context>
    <name>RectangleTool</name>
    <message>
        <source>Drag from corner to corner. Shift: a square. Alt takes away, Ctrl replaces.</source>
        <translation>从一角拖到另一角。Shift：正方形。按住 Alt 减去，按住 Ctrl 替换。</translation>
    </message>
</context>
<context>
    <name>RepairControl</name>
    <message>
        <source>Open a photo first.</source>
        <translation>请先打开一张照片。</translation>
    </message>
    <message>
        <source>There is no model that repairs.</source>
        <translation>没有可用于修复的模型。</translation>
    </message>
    <message>
        <source>Paint over the damage first.</source>
        <translation>请先涂抹损伤处。</translation>
    </message>
    <message>
        <source>Choose one on the photo: click it or press its number. Esc keeps none.</source>
        <translation>请单击一个，或按其数字键；按 Esc 全部放弃。</translation>
    </message>
</context>
<context>
    <name>RepairDesk</name>
    <message>
        <source>What is marked is being repaired already.</source>
        <translation>标记区域已在修复中。</translation>
    </message>
    <message>
        <source>Nothing is marked yet. Paint over the damage first.</source>
        <translation>尚未标记任何区域。请先涂抹损伤处。</translation>
    </message>
    <message>
        <source>Repair {number}</source>
        <translation>修复 {number}</translation>
    </message>
</context>
<context>
    <name>RepairPanel</name>
    <message>
        <source>&amp;Texture</source>
        <translation>纹理(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Grain</source>
        <translation>颗粒(&amp;G)</translation>
    </message>
    <message>
        <source>Edge &amp;softness</source>
        <translation>边缘柔和(&amp;S)</translation>
    </message>
    <message>
        <source>C&amp;andidates</source>
        <translation>候选数(&amp;A)</translation>
    </message>
    <message>
        <source>The network that repairs</source>
        <translation>进行修复的网络</translation>
    </message>
    <message>
        <source>More about this model</source>
        <translation>此模型的更多信息</translation>
    </message>
    <message>
        <source>What it was trained on, and how well it repairs what</source>
        <translation>它是用什么训练的，以及对各种损坏修得怎样</translation>
    </message>
    <message>
        <source>About this model</source>
        <translation>关于此模型</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>纹理</translation>
    </message>
    <message>
        <source>How much of the texture around a wide hole is borrowed to fill it: none leaves the network&apos;s own, smoother fill</source>
        <translation>填补大面积缺损时借用周围纹理的程度：为零则保留网络自身较平滑的填充</translation>
    </message>
    <message>
        <source>Grain</source>
        <translation>颗粒</translation>
    </message>
    <message>
        <source>How much of the film grain around the damage is given to the repair: without it a repair looks too smooth</source>
        <translation>将损伤周围的胶片颗粒加到修复处的程度：不加颗粒时，修复处会显得过于平滑</translation>
    </message>
    <message>
        <source>Edge softness</source>
        <translation>边缘柔和</translation>
    </message>
    <message>
        <source>px</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>How softly the repair blends into the photo, inside the marked area</source>
        <translation>修复在标记区域内与照片融合的柔和程度</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>候选数</translation>
    </message>
    <message>
        <source>How many repairs to make, to choose the best of</source>
        <translation>一次修复多少个结果供您挑选</translation>
    </message>
    <message>
        <source>Repair on release</source>
        <translation>松开即修复</translation>
    </message>
    <message>
        <source>Repair as soon as the brush is let go (Ctrl+Shift+R)</source>
        <translation>松开画笔时立即修复 (Ctrl+Shift+R)</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Repair what is marked (Enter)</source>
        <translation>修复标记区域 (Enter)</translation>
    </message>
    <message>
        <source>Progress of the repair</source>
        <translation>修复进度</translation>
    </message>
    <message>
        <source>Give up the repair (Esc)</source>
        <translation>放弃修复 (Esc)</translation>
    </message>
    <message>
        <source>{n} more waiting.</source>
        <translation>另有 {n} 个在等待。</translation>
    </message>
    <message>
        <source>You can go on marking; Enter repairs that next.</source>
        <translation>您可以继续标记；按 Enter 接着修复。</translation>
    </message>
    <message>
        <source>{size} · licence {licence}</source>
        <translation>{size} · 许可证 {licence}</translation>
    </message>
</context>
<context>
    <name>RepairsPanel</name>
    <message>
        <source>Repairs</source>
        <translation>修复图层</translation>
    </message>
    <message>
        <source>Opacity of the repair</source>
        <translation>修复的不透明度</translation>
    </message>
    <message>
        <source>How much of the selected repair shows</source>
        <translation>所选修复的显示程度</translation>
    </message>
    <message>
        <source>&amp;Opacity</source>
        <translation>不透明度(&amp;O)</translation>
    </message>
    <message>
        <source>Repairs appear here.</source>
        <translation>修复结果会显示在这里。</translation>
    </message>
    <message>
        <source>Restore anew…</source>
        <translation>重新复原…</translation>
    </message>
    <message>
        <source>Set other numbers in the Restore panel (Ctrl+R)</source>
        <translation>在“复原”面板中设置其他数值 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Repair anew</source>
        <translation>重新修复</translation>
    </message>
    <message>
        <source>Make the selected repair anew (Ctrl+R)</source>
        <translation>重新进行所选的修复 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Hide or show</source>
        <translation>隐藏或显示</translation>
    </message>
    <message>
        <source>Hide or show the selected repair (Space)</source>
        <translation>隐藏或显示所选的修复 (空格)</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Rename the selected repair (F2)</source>
        <translation>重命名所选的修复 (F2)</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Show on the photo</source>
        <translation>在照片上显示</translation>
    </message>
    <message>
        <source>With another seed</source>
        <translation>换一个种子</translation>
    </message>
    <message>
        <source>With “{model}”</source>
        <translation>使用“{model}”</translation>
    </message>
</context>
<context>
    <name>ReportCopier</name>
    <message>
        <source>Looking at everything for the report …</source>
        <translation>正在为报告进行检查…</translation>
    </message>
    <message>
        <source>The report could not be made.</source>
        <translation>无法生成报告。</translation>
    </message>
    <message>
        <source>The report is on the clipboard. It names folders, and nothing that is in your photos.</source>
        <translation>报告已复制到剪贴板。其中提到文件夹，但不含照片中的任何内容。</translation>
    </message>
</context>
<context>
    <name>Restoration</name>
    <message>
        <source>noise</source>
        <translation>噪点</translation>
    </message>
    <message>
        <source>JPEG blocks</source>
        <translation>JPEG 块</translation>
    </message>
    <message>
        <source>blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>fading</source>
        <translation>褪色</translation>
    </message>
    <message>
        <source>yellowing</source>
        <translation>泛黄</translation>
    </message>
    <message>
        <source>tint</source>
        <translation>色调</translation>
    </message>
    <message>
        <source>brightness</source>
        <translation>亮度</translation>
    </message>
</context>
<context>
    <name>RestorePanel</name>
    <message>
        <source>For what runs through the whole photo. “Auto” measures it, and leaves alone what is good.</source>
        <translation>处理遍布整张照片的问题。“自动”会先测量，没有问题的照片保持不变。</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>噪点</translation>
    </message>
    <message>
        <source>How noisy or grainy the photo is: the more, the more is smoothed away</source>
        <translation>照片的噪点或颗粒有多强：数值越大，去除得越多</translation>
    </message>
    <message>
        <source>JPEG blocks</source>
        <translation>JPEG 块</translation>
    </message>
    <message>
        <source>How coarsely JPEG has stored the photo: blocks, and rims around edges</source>
        <translation>JPEG 压缩有多粗糙：块状痕迹和边缘的杂纹</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>How blurred the photo is: the more, the more it is sharpened</source>
        <translation>照片有多模糊：数值越大，锐化得越多</translation>
    </message>
    <message>
        <source>Grain kept</source>
        <translation>保留颗粒</translation>
    </message>
    <message>
        <source>How much of the grain stays in, in per cent; its colours go all the same</source>
        <translation>保留多少颗粒（百分比）；彩色噪点仍会去除</translation>
    </message>
    <message>
        <source>Fading</source>
        <translation>褪色</translation>
    </message>
    <message>
        <source>How much contrast has been lost: blacks that have become grey</source>
        <translation>损失了多少对比度：黑色变成了灰色</translation>
    </message>
    <message>
        <source>Yellowing</source>
        <translation>泛黄</translation>
    </message>
    <message>
        <source>How yellow the photo has become; below 0, how blue</source>
        <translation>照片变得有多黄；小于 0 表示有多蓝</translation>
    </message>
    <message>
        <source>Tint</source>
        <translation>色调</translation>
    </message>
    <message>
        <source>How magenta the photo has become; below 0, how green</source>
        <translation>照片变得有多偏品红；小于 0 表示有多偏绿</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>How much lighter the middle greys become; below 0, darker</source>
        <translation>中间调变亮多少；小于 0 则变暗</translation>
    </message>
    <message>
        <source>&amp;Noise</source>
        <translation>噪点(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;JPEG blocks</source>
        <translation>JPEG 块(&amp;J)</translation>
    </message>
    <message>
        <source>Bl&amp;ur</source>
        <translation>模糊(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Grain kept</source>
        <translation>保留颗粒(&amp;G)</translation>
    </message>
    <message>
        <source>Fa&amp;ding</source>
        <translation>褪色(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Yellowing</source>
        <translation>泛黄(&amp;Y)</translation>
    </message>
    <message>
        <source>&amp;Tint</source>
        <translation>色调(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Brightness</source>
        <translation>亮度(&amp;B)</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Measure noise, JPEG blocks, fading and casts, and set the sliders to them</source>
        <translation>测量噪点、JPEG 块、褪色和偏色，并据此设置滑块</translation>
    </message>
    <message>
        <source>&amp;Preview</source>
        <translation>预览(&amp;P)</translation>
    </message>
    <message>
        <source>See the photo as it would be; off, as it is</source>
        <translation>查看复原后的样子；关闭则查看现在的样子</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Lay the restored photo over this one, as a layer</source>
        <translation>将复原后的照片作为图层叠加上去</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Set all sliders to where nothing is changed</source>
        <translation>将所有滑块设回不作改变的位置</translation>
    </message>
    <message>
        <source>Progress of the restoration</source>
        <translation>复原进度</translation>
    </message>
    <message>
        <source>Give up the restoration (Esc)</source>
        <translation>放弃复原 (Esc)</translation>
    </message>
    <message>
        <source>Waiting…</source>
        <translation>等待中…</translation>
    </message>
    <message>
        <source>Apply again</source>
        <translation>重新应用</translation>
    </message>
</context>
<context>
    <name>Restoring</name>
    <message>
        <source>Nothing to do: the photo is clean.</source>
        <translation>无需处理：照片没有问题。</translation>
    </message>
    <message>
        <source>Restoration</source>
        <translation>复原</translation>
    </message>
    <message>
        <source>The restoration does not show yet what has changed beneath it: “Apply again” makes it anew.</source>
        <translation>复原图层还没有反映其下方的更改：请按“重新应用”重新生成。</translation>
    </message>
    <message>
        <source>Open a photo first.</source>
        <translation>请先打开一张照片。</translation>
    </message>
    <message>
        <source>There is no model here that takes out noise, JPEG blocks and blur: the tone can be corrected all the same.</source>
        <translation>这里没有去除噪点、JPEG 块和模糊的模型；仍可校正影调。</translation>
    </message>
    <message>
        <source>The photo has been restored. Other numbers make its layer anew; the repairs above it stay as they are, and may have to be made anew as well.</source>
        <translation>照片已复原。更改数值会重新生成复原图层；其上方的修复保持不变，可能也需要重新修复。</translation>
    </message>
    <message>
        <source>The photo has been restored. Other numbers make its layer anew.</source>
        <translation>照片已复原。更改数值可重新生成该图层。</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>“{}” is damaged or incomplete and cannot be opened.</source>
        <translation>“{}”已损坏或不完整，无法打开。</translation>
    </message>
    <message>
        <source>“{}” does not exist.</source>
        <translation>“{}”不存在。</translation>
    </message>
    <message>
        <source>“{}” is a folder, not a photo.</source>
        <translation>“{}”是文件夹，不是照片。</translation>
    </message>
    <message>
        <source>You are not permitted to open “{}”.</source>
        <translation>您没有打开“{}”的权限。</translation>
    </message>
    <message>
        <source>“{}” could not be read from the disk.</source>
        <translation>无法从磁盘读取“{}”。</translation>
    </message>
    <message>
        <source>There is not enough memory to open “{}”.</source>
        <translation>内存不足，无法打开“{}”。</translation>
    </message>
    <message>
        <source>“{}” is empty.</source>
        <translation>“{}”是空文件。</translation>
    </message>
    <message>
        <source>“{}” is a device or a pipe, not a photo.</source>
        <translation>“{}”是设备或管道，不是照片。</translation>
    </message>
    <message>
        <source>“{}” is not a photo that can be opened here (JPEG, PNG, TIFF, WebP, BMP, HEIC).</source>
        <translation>“{}”不是此处可以打开的照片（JPEG、PNG、TIFF、WebP、BMP、HEIC）。</translation>
    </message>
    <message>
        <source>“{}” has no pixels.</source>
        <translation>“{}”不含任何像素。</translation>
    </message>
    <message>
        <source>“{}” claims {} × {} pixels, more than the limit of {} million.</source>
        <translation>“{}”自称有 {} × {} 像素，超过了 {} 百万像素的上限。</translation>
    </message>
    <message>
        <source>“{}” claims {} × {} pixels, more than a file of its length can hold.</source>
        <translation>“{}”自称有 {} × {} 像素，这样大小的文件装不下这么多。</translation>
    </message>
    <message>
        <source>“{}” is a HEIC photo; install the package pillow-heif to open it.</source>
        <translation>“{}”是 HEIC 照片；请安装 pillow-heif 软件包后再打开。</translation>
    </message>
    <message>
        <source>“{}” is a camera&apos;s raw file, which cannot be opened here.</source>
        <translation>“{}”是相机的 RAW 文件，此处无法打开。</translation>
    </message>
    <message>
        <source>“{}” is a kind of TIFF that holds no ordinary photo.</source>
        <translation>“{}”是不含普通照片的 TIFF。</translation>
    </message>
    <message>
        <source>“{}” is a TIFF in a colour encoding that cannot be opened here.</source>
        <translation>“{}”是此处无法打开的颜色编码的 TIFF。</translation>
    </message>
    <message>
        <source>“{}” is a TIFF with {} bits per channel in a form that cannot be opened here.</source>
        <translation>“{}”是每通道 {} 位的 TIFF，其格式此处无法打开。</translation>
    </message>
    <message>
        <source>“{}” holds floating-point values outside 0 to 1, so its brightness cannot be known.</source>
        <translation>“{}”含有 0 到 1 之外的浮点值，因此无法确定其亮度。</translation>
    </message>
    <message>
        <source>“{}” does not end in a format that can be saved: .jpg, .png, .tif, .webp or .bmp.</source>
        <translation>“{}”的扩展名不是可保存的格式：.jpg、.png、.tif、.webp 或 .bmp。</translation>
    </message>
    <message>
        <source>“{}” does not end in a format that can move: {}.</source>
        <translation>“{}”的扩展名不是可以活动的格式：{}。</translation>
    </message>
    <message>
        <source>The photo is too large for {}, which ends at {} pixels a side; choose TIFF or PNG.</source>
        <translation>照片太大，无法存为 {}（边长上限为 {} 像素）；请选择 TIFF 或 PNG。</translation>
    </message>
    <message>
        <source>HEIC photos can be opened but not saved; choose JPEG, PNG, TIFF or WebP.</source>
        <translation>HEIC 照片可以打开，但不能保存；请选择 JPEG、PNG、TIFF 或 WebP。</translation>
    </message>
    <message>
        <source>{} already exists and was left as it is.</source>
        <translation>{} 已存在，未作改动。</translation>
    </message>
    <message>
        <source>There is not enough space on the disk to save {}.</source>
        <translation>磁盘空间不足，无法保存 {}。</translation>
    </message>
    <message>
        <source>You are not permitted to save {} in “{}”.</source>
        <translation>您没有权限将 {} 保存到“{}”。</translation>
    </message>
    <message>
        <source>The folder “{}” does not exist.</source>
        <translation>文件夹“{}”不存在。</translation>
    </message>
    <message>
        <source>The folder “{}” cannot be made: {}.</source>
        <translation>无法创建文件夹“{}”：{}。</translation>
    </message>
    <message>
        <source>{} is a folder, so no photo can be saved under that name.</source>
        <translation>{} 是文件夹，因此无法用这个名称保存照片。</translation>
    </message>
    <message>
        <source>{} is a device or a pipe, so no photo can be saved under that name.</source>
        <translation>{} 是设备或管道，因此无法用这个名称保存照片。</translation>
    </message>
    <message>
        <source>The name {} is longer than the disk allows.</source>
        <translation>名称 {} 超过了磁盘允许的长度。</translation>
    </message>
    <message>
        <source>{} could not be saved.</source>
        <translation>无法保存 {}。</translation>
    </message>
    <message>
        <source>The favourites could not be saved.</source>
        <translation>收藏无法保存。</translation>
    </message>
    <message>
        <source>{} holds 8 bits per channel: the photo&apos;s 16 bits are rounded.</source>
        <translation>{} 每通道只有 8 位：照片的 16 位将被舍入。</translation>
    </message>
    <message>
        <source>8 bits per channel are saved: the photo&apos;s 16 bits are rounded.</source>
        <translation>将以每通道 8 位保存：照片的 16 位将被舍入。</translation>
    </message>
    <message>
        <source>{} knows no transparency: transparent parts become white.</source>
        <translation>{} 不支持透明：透明部分将变为白色。</translation>
    </message>
    <message>
        <source>JPEG is encoded again: pixels outside the repairs may change slightly. PNG and TIFF keep all exactly.</source>
        <translation>JPEG 会重新编码：修复区域以外的像素可能会略有变化。PNG 和 TIFF 则全部精确保留。</translation>
    </message>
    <message>
        <source>{} stores every pixel approximately, not exactly.</source>
        <translation>{} 只近似地存储每个像素，并非无损。</translation>
    </message>
    <message>
        <source>{} cannot hold the PNG&apos;s text notes ({}).</source>
        <translation>{} 无法保存 PNG 的文本备注（{}）。</translation>
    </message>
    <message>
        <source>{} cannot hold the extended XMP data.</source>
        <translation>{} 无法保存扩展的 XMP 数据。</translation>
    </message>
    <message>
        <source>{} cannot hold the camera data (EXIF).</source>
        <translation>{} 无法保存相机数据 (EXIF)。</translation>
    </message>
    <message>
        <source>{} cannot hold the colour profile.</source>
        <translation>{} 无法保存颜色配置文件。</translation>
    </message>
    <message>
        <source>{} cannot hold the XMP data.</source>
        <translation>{} 无法保存 XMP 数据。</translation>
    </message>
    <message>
        <source>{} cannot hold the captions (IPTC).</source>
        <translation>{} 无法保存说明 (IPTC)。</translation>
    </message>
    <message>
        <source>{} cannot hold the comment.</source>
        <translation>{} 无法保存注释。</translation>
    </message>
    <message>
        <source>{} cannot hold the resolution.</source>
        <translation>{} 无法保存分辨率。</translation>
    </message>
    <message>
        <source>The camera data (EXIF) is too large for JPEG.</source>
        <translation>相机数据 (EXIF) 太大，JPEG 无法容纳。</translation>
    </message>
    <message>
        <source>The XMP data is too large for JPEG.</source>
        <translation>XMP 数据太大，JPEG 无法容纳。</translation>
    </message>
    <message>
        <source>The photo&apos;s XMP data cannot be read: the record of the repair takes its place.</source>
        <translation>照片的 XMP 数据无法读取：已由修复记录取代。</translation>
    </message>
    <message>
        <source>The photo&apos;s XMP data leaves no room for the record of the repair.</source>
        <translation>照片的 XMP 数据过大，容不下修复记录。</translation>
    </message>
    <message>
        <source>“{}” exists already; choose a new folder for the evidence.</source>
        <translation>“{}”已存在；请为证据选择一个新文件夹。</translation>
    </message>
    <message>
        <source>There is not enough space on the disk for the evidence.</source>
        <translation>磁盘空间不足，无法保存证据。</translation>
    </message>
    <message>
        <source>You are not permitted to make a folder in “{}”.</source>
        <translation>没有权限在“{}”中创建文件夹。</translation>
    </message>
    <message>
        <source>The evidence could not be written.</source>
        <translation>无法写入证据。</translation>
    </message>
    <message>
        <source>Writing the evidence</source>
        <translation>正在写入证据</translation>
    </message>
    <message>
        <source>The file has a palette and was opened in full colour.</source>
        <translation>该文件使用调色板，已按全彩色打开。</translation>
    </message>
    <message>
        <source>The file has {} bits per channel and was opened with {}.</source>
        <translation>该文件每通道 {} 位，已按 {} 位打开。</translation>
    </message>
    <message>
        <source>The file has {} bit per channel and was opened with {}.</source>
        <translation>该文件每通道 {} 位，已按 {} 位打开。</translation>
    </message>
    <message>
        <source>The file is in printing inks (CMYK) and was opened in the colours of a screen (sRGB).</source>
        <translation>该文件使用印刷油墨色 (CMYK)，已按屏幕颜色 (sRGB) 打开。</translation>
    </message>
    <message>
        <source>The file holds {} pictures; the main one was opened.</source>
        <translation>该文件含有 {} 张图片；已打开主图片。</translation>
    </message>
    <message>
        <source>The file holds further pictures beside the photo; only the photo was opened.</source>
        <translation>该文件除照片外还含有其他图片；只打开了照片。</translation>
    </message>
    <message>
        <source>The file has channels beside colour and transparency; they were left out.</source>
        <translation>该文件除颜色和透明外还有其他通道；已略去这些通道。</translation>
    </message>
    <message>
        <source>The file has {} pages; the first was opened.</source>
        <translation>该文件有 {} 页；已打开第一页。</translation>
    </message>
    <message>
        <source>The file holds floating-point values and was opened with 16 bits per channel.</source>
        <translation>该文件使用浮点值，已按每通道 16 位打开。</translation>
    </message>
    <message>
        <source>The file is an animation; its first picture was opened.</source>
        <translation>该文件是动画；已打开其第一帧。</translation>
    </message>
    <message>
        <source>The mask is {} pixels, but the photo is {}.</source>
        <translation>蒙版为 {} 像素，而照片为 {} 像素。</translation>
    </message>
    <message>
        <source>The mask “{}” has {} × {} pixels, but the photo has {} × {}.</source>
        <translation>蒙版“{}”为 {} × {} 像素，而照片为 {} × {} 像素。</translation>
    </message>
    <message>
        <source>The mask “{}” has {} × {} pixels, but the photo has {} × {}: it was made before the photo was turned upright, so turn the mask in the same way.</source>
        <translation>蒙版“{}”为 {} × {} 像素，而照片为 {} × {} 像素：蒙版是在照片转正之前制作的，请将蒙版同样旋转。</translation>
    </message>
    <message>
        <source>The mask is empty: there is nothing to repair.</source>
        <translation>蒙版是空的：没有需要修复的地方。</translation>
    </message>
    <message>
        <source>The mask covers the whole photo: nothing is left to repair it from.</source>
        <translation>蒙版覆盖了整张照片：没有剩下可供修复参考的部分。</translation>
    </message>
    <message>
        <source>The mask “{}” marks nothing to repair: paint what is damaged in white on black.</source>
        <translation>蒙版“{}”没有标记要修复的地方：请在黑底上用白色涂出损伤处。</translation>
    </message>
    <message>
        <source>This is not a mask.</source>
        <translation>这不是蒙版。</translation>
    </message>
    <message>
        <source>Nothing is marked yet. Paint over the place where the picture is to go.</source>
        <translation>尚未标记任何区域。请涂抹图片要放的位置。</translation>
    </message>
    <message>
        <source>The weights of the model “{}” are missing.</source>
        <translation>缺少模型“{}”的权重。</translation>
    </message>
    <message>
        <source>The weights of the model “{}” are damaged.</source>
        <translation>模型“{}”的权重已损坏。</translation>
    </message>
    <message>
        <source>The weights of the model “{}” cannot be read.</source>
        <translation>无法读取模型“{}”的权重。</translation>
    </message>
    <message>
        <source>The weights of the model “{}” do not fit its card.</source>
        <translation>模型“{}”的权重与其说明卡不符。</translation>
    </message>
    <message>
        <source>The card of the model “{}” has unknown options.</source>
        <translation>模型“{}”的说明卡含有未知选项。</translation>
    </message>
    <message>
        <source>The model “{}” needs a newer version of this program.</source>
        <translation>模型“{}”需要本程序的更新版本。</translation>
    </message>
    <message>
        <source>The model “{}” does not repair photos.</source>
        <translation>模型“{}”不能修复照片。</translation>
    </message>
    <message>
        <source>The model “{}” does not make pictures.</source>
        <translation>模型“{}”不能生成图片。</translation>
    </message>
    <message>
        <source>The model “{}” does not look for damage.</source>
        <translation>模型“{}”不能查找损伤。</translation>
    </message>
    <message>
        <source>The model “{}” does not restore photos.</source>
        <translation>模型“{}”不能复原照片。</translation>
    </message>
    <message>
        <source>The model that takes out noise, JPEG blocks and blur is not there.</source>
        <translation>没有去除噪点、JPEG 块和模糊的模型。</translation>
    </message>
    <message>
        <source>There is no model “{}”. There are: {}.</source>
        <translation>没有模型“{}”。现有模型：{}。</translation>
    </message>
    <message>
        <source>The model card {} cannot be read.</source>
        <translation>无法读取模型说明卡 {}。</translation>
    </message>
    <message>
        <source>This model does not repair photos.</source>
        <translation>此模型不能修复照片。</translation>
    </message>
    <message>
        <source>This kind of photo cannot be repaired.</source>
        <translation>无法修复这种照片。</translation>
    </message>
    <message>
        <source>This kind of photo cannot be searched for damage.</source>
        <translation>无法在这种照片中查找损伤。</translation>
    </message>
    <message>
        <source>This kind of photo cannot be restored.</source>
        <translation>无法复原这种照片。</translation>
    </message>
    <message>
        <source>This computer has no device “{}”. It has: {}.</source>
        <translation>这台计算机没有设备“{}”。现有设备：{}。</translation>
    </message>
    <message>
        <source>There is not enough memory for this repair. Closing other programs may help.</source>
        <translation>内存不足，无法进行这次修复。关闭其他程序也许有帮助。</translation>
    </message>
    <message>
        <source>There is not enough memory to load the model “{}”.</source>
        <translation>内存不足，无法载入模型“{}”。</translation>
    </message>
    <message>
        <source>There is not enough memory to make this picture.</source>
        <translation>内存不足，无法生成这张图片。</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>内存不足，无法完成此操作。</translation>
    </message>
    <message>
        <source>Memory was short: repaired in smaller tiles.</source>
        <translation>内存紧张：已改用较小的图块修复。</translation>
    </message>
    <message>
        <source>Memory was short: restored in smaller tiles.</source>
        <translation>内存不足：已分成较小的图块复原。</translation>
    </message>
    <message>
        <source>The graphics card had too little memory: restored on the CPU.</source>
        <translation>显卡内存不足：已改用 CPU 复原。</translation>
    </message>
    <message>
        <source>The graphics card had too little memory: repaired on the CPU.</source>
        <translation>显卡内存不足：已改用 CPU 修复。</translation>
    </message>
    <message>
        <source>The network failed in some places: they were filled smoothly instead.</source>
        <translation>网络在某些地方失败：这些地方已改用平滑填充。</translation>
    </message>
    <message>
        <source>Truncation must be above 0 and at most 1.</source>
        <translation>截断值必须大于 0 且不超过 1。</translation>
    </message>
    <message>
        <source>This picture belongs to another model.</source>
        <translation>这张图片属于另一个模型。</translation>
    </message>
    <message>
        <source>There is nothing to look for.</source>
        <translation>没有可供查找的内容。</translation>
    </message>
    <message>
        <source>There is not enough memory to look for a picture.</source>
        <translation>内存不足，无法查找图片。</translation>
    </message>
    <message>
        <source>Looking for a similar picture</source>
        <translation>正在查找相似的图片</translation>
    </message>
    <message>
        <source>Nothing is marked yet. Paint over what a picture is to be like.</source>
        <translation>尚未标记任何内容。请在图片要与之相似的地方涂抹。</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>正在准备…</translation>
    </message>
    <message>
        <source>Repairing details</source>
        <translation>正在修复细节</translation>
    </message>
    <message>
        <source>Repairing large shapes</source>
        <translation>正在修复大面积结构</translation>
    </message>
    <message>
        <source>Adding texture</source>
        <translation>正在添加纹理</translation>
    </message>
    <message>
        <source>Looking for damage</source>
        <translation>正在查找损伤</translation>
    </message>
    <message>
        <source>Restoring</source>
        <translation>正在复原</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>Making pictures</source>
        <translation>正在生成图片</translation>
    </message>
    <message>
        <source>CPU ({} cores)</source>
        <translation>CPU（{} 核）</translation>
    </message>
    <message>
        <source>Apple GPU</source>
        <translation>苹果 GPU</translation>
    </message>
    <message>
        <source>Pyramid repairer</source>
        <translation>金字塔修复网络</translation>
    </message>
    <message>
        <source>Repairs scratches, dust, creases, stains, writing and missing pieces, coarse to fine. The one to use.</source>
        <translation>由粗到细修复划痕、灰尘、折痕、污渍、字迹和缺损。推荐使用。</translation>
    </message>
    <message>
        <source>Restoration network (IRN)</source>
        <translation>图像复原网络 (IRN)</translation>
    </message>
    <message>
        <source>The image restoration network of the source article: two encoders, one decoder. For study and comparison.</source>
        <translation>原论文的图像复原网络：两个编码器，一个解码器。供学习和比较。</translation>
    </message>
    <message>
        <source>The generative adversarial network of the source article: 32 x 32 pictures from noise. For study.</source>
        <translation>原论文的生成对抗网络：由噪声生成 32×32 的图片。供学习。</translation>
    </message>
    <message>
        <source>Flowers</source>
        <translation>花卉</translation>
    </message>
    <message>
        <source>Makes pictures of flowers, 128 x 128 pixels: daisies, dandelions, roses, sunflowers and tulips.</source>
        <translation>生成 128×128 像素的花卉图片：雏菊、蒲公英、玫瑰、向日葵和郁金香。</translation>
    </message>
    <message>
        <source>Damage finder</source>
        <translation>损伤查找模型</translation>
    </message>
    <message>
        <source>Marks scratches, creases, specks, stains and missing pieces, so that they need not be painted over by hand.</source>
        <translation>标出划痕、折痕、斑点、污渍和缺失部分，无需手工涂抹。</translation>
    </message>
    <message>
        <source>Photo restorer</source>
        <translation>照片复原模型</translation>
    </message>
    <message>
        <source>Takes noise, film grain, the marks of JPEG and mild blur out of a whole photo, as strongly as it is told.</source>
        <translation>按设定的强度，去除整张照片的噪点、胶片颗粒、JPEG 痕迹和轻微模糊。</translation>
    </message>
    <message>
        <source>The folder “{}” cannot be written.</source>
        <translation>无法写入文件夹“{}”。</translation>
    </message>
    <message>
        <source>Training could not be started.</source>
        <translation>无法开始训练。</translation>
    </message>
    <message>
        <source>Training ended unexpectedly; perhaps memory ran out.</source>
        <translation>训练意外结束；可能是内存不足。</translation>
    </message>
    <message>
        <source>The photo “{}” of this session has been moved, deleted or changed.</source>
        <translation>此会话的照片“{}”已被移动、删除或更改。</translation>
    </message>
    <message>
        <source>The photo of this session has been moved, deleted or changed.</source>
        <translation>此会话的照片已被移动、删除或更改。</translation>
    </message>
    <message>
        <source>“{}” is no session.</source>
        <translation>“{}”不是会话。</translation>
    </message>
    <message>
        <source>The session “{}” is damaged from its start.</source>
        <translation>会话“{}”从开头就已损坏。</translation>
    </message>
    <message>
        <source>The session “{}” was made by a newer version of CNN Studio.</source>
        <translation>会话“{}”是用更新版本的 CNN Studio 制作的。</translation>
    </message>
    <message>
        <source>The session could not be saved: {}.</source>
        <translation>无法保存会话：{}。</translation>
    </message>
    <message>
        <source>The session “{}” is damaged and cannot be opened.</source>
        <translation>会话“{}”已损坏，无法打开。</translation>
    </message>
    <message>
        <source>“{}” is no session file, or is damaged.</source>
        <translation>“{}”不是会话文件，或已损坏。</translation>
    </message>
    <message>
        <source>This session is already open.</source>
        <translation>此会话已经打开。</translation>
    </message>
    <message>
        <source>A part of this session is damaged on the disk.</source>
        <translation>此会话在磁盘上的一部分已损坏。</translation>
    </message>
    <message>
        <source>Something went wrong inside CNN Studio. Your photo was not changed.</source>
        <translation>CNN Studio 内部出错了。您的照片没有改变。</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>文件系统为只读</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>输入/输出错误</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>不是文件夹</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>文件名太长</translation>
    </message>
    <message>
        <source>the disk refuses</source>
        <translation>磁盘拒绝写入</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Search: what, or a key</source>
        <translation>搜索：操作或按键</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Type what you want to do, or a key</source>
        <translation>输入想做的事，或一个按键</translation>
    </message>
    <message>
        <source>There is no such command.</source>
        <translation>没有这样的命令。</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Preparing…</source>
        <translation>正在准备…</translation>
    </message>
    <message>
        <source>What repairs are computed on</source>
        <translation>用于计算修复的设备</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Size, depth and colours of the photo</source>
        <translation>照片的尺寸、位深和颜色</translation>
    </message>
    <message>
        <source>Pixel under the cursor: column, row</source>
        <translation>光标处的像素：列，行</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Give up what is under way (Esc)</source>
        <translation>放弃正在进行的操作 (Esc)</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Zoom: type a percentage</source>
        <translation>缩放：输入百分比</translation>
    </message>
    <message>
        <source>Choose the zoom</source>
        <translation>选择缩放比例</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Choose the fastest</source>
        <translation>选择最快的设备</translation>
    </message>
    <message>
        <source>{bits}-bit</source>
        <translation>{bits} 位</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>Grey + alpha</source>
        <translation>灰度 + 透明</translation>
    </message>
    <message>
        <source>RGB + alpha</source>
        <translation>RGB + 透明</translation>
    </message>
</context>
<context>
    <name>Steps</name>
    <message>
        <source>Brush</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>橡皮擦</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>选区</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>矩形</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>套索</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>多边形套索</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>直线</translation>
    </message>
    <message>
        <source>Erased line</source>
        <translation>擦除直线</translation>
    </message>
    <message>
        <source>Magic wand</source>
        <translation>魔棒</translation>
    </message>
    <message>
        <source>Grow</source>
        <translation>扩展</translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation>收缩</translation>
    </message>
    <message>
        <source>Feather</source>
        <translation>羽化</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>反转</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Mark all</source>
        <translation>全部标记</translation>
    </message>
    <message>
        <source>Import mask</source>
        <translation>导入蒙版</translation>
    </message>
    <message>
        <source>Found damage</source>
        <translation>找到的损伤</translation>
    </message>
    <message>
        <source>Restoration</source>
        <translation>复原</translation>
    </message>
    <message>
        <source>Repair anew</source>
        <translation>重新修复</translation>
    </message>
    <message>
        <source>Show repair</source>
        <translation>显示修复</translation>
    </message>
    <message>
        <source>Hide repair</source>
        <translation>隐藏修复</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>Rename repair</source>
        <translation>重命名修复</translation>
    </message>
    <message>
        <source>Delete repair</source>
        <translation>删除修复</translation>
    </message>
    <message>
        <source>Move repair</source>
        <translation>移动修复</translation>
    </message>
    <message>
        <source>Repair {number}</source>
        <translation>修复 {number}</translation>
    </message>
</context>
<context>
    <name>TimeLeft</name>
    <message>
        <source>about {n} s left</source>
        <translation>约剩 {n} 秒</translation>
    </message>
    <message>
        <source>about {n} min left</source>
        <translation>约剩 {n} 分钟</translation>
    </message>
    <message>
        <source>Repairing</source>
        <translation>正在修复</translation>
    </message>
</context>
<context>
    <name>ToolOptions</name>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Diameter of the brush ([ and ])</source>
        <translation>画笔的直径 ([ 和 ])</translation>
    </message>
    <message>
        <source>Hardness</source>
        <translation>硬度</translation>
    </message>
    <message>
        <source>How sharp the brush&apos;s edge is (Shift+[ and Shift+])</source>
        <translation>画笔边缘的锐利程度 (Shift+[ 和 Shift+])</translation>
    </message>
    <message>
        <source>Pen pressure</source>
        <translation>笔压</translation>
    </message>
    <message>
        <source>A pen that is pressed less paints thinner</source>
        <translation>压得越轻，画得越细</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Width of the line ([ and ])</source>
        <translation>线条的宽度 ([ 和 ])</translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation>容差</translation>
    </message>
    <message>
        <source>How different a colour may be and still be marked</source>
        <translation>颜色相差多少仍会被标记</translation>
    </message>
</context>
<context>
    <name>TrainingFolderDialog</name>
    <message>
        <source>Nearest training picture</source>
        <translation>最接近的训练图片</translation>
    </message>
    <message>
        <source>To see whether this picture is a copy, it is compared with the pictures that the network “{model}” was trained on. A network does not bring them along: choose the folder on this computer that holds them. They are only looked at, and the folder is remembered for this network.</source>
        <translation>为了查明这张图片是不是复制品，要把它与网络“{model}”训练时所用的图片比较。网络本身不附带这些图片，请选择这台电脑上存放它们的文件夹。这些图片只会被查看，所选文件夹会为这个网络保留下来。</translation>
    </message>
    <message>
        <source>Folder of the training pictures</source>
        <translation>训练图片的文件夹</translation>
    </message>
    <message>
        <source>The folder that holds the pictures the network was trained on</source>
        <translation>存放训练该网络所用图片的文件夹</translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation>选择(&amp;C)…</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Look for nothing (Esc)</source>
        <translation>不查找 (Esc)</translation>
    </message>
    <message>
        <source>C&amp;ompare</source>
        <translation>比较(&amp;O)</translation>
    </message>
    <message>
        <source>Look for the picture in this folder that is most like this one</source>
        <translation>在该文件夹中查找与这张最相似的图片</translation>
    </message>
    <message>
        <source>&amp;Folder of the training pictures</source>
        <translation>训练图片的文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>没有这个文件夹。</translation>
    </message>
</context>
<context>
    <name>WandTool</name>
    <message>
        <source>Click to mark connected pixels of a similar colour. Alt takes away, Ctrl replaces.</source>
        <translation>单击以标记颜色相近的相连像素。按住 Alt 减去，按住 Ctrl 替换。</translation>
    </message>
</context>
<context>
    <name>WayBox</name>
    <message>
        <source>Mark as A</source>
        <translation>标记为 A</translation>
    </message>
    <message>
        <source>The way between two pictures begins here (A)</source>
        <translation>两张图片之间的过渡从这里开始 (A)</translation>
    </message>
    <message>
        <source>Mark as B</source>
        <translation>标记为 B</translation>
    </message>
    <message>
        <source>It ends here (B)</source>
        <translation>到这里结束 (B)</translation>
    </message>
    <message>
        <source>Way from A to B</source>
        <translation>从 A 到 B 的过渡</translation>
    </message>
    <message>
        <source>How far from A to B</source>
        <translation>从 A 到 B 的位置</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>How many pictures the saved way from A to B has</source>
        <translation>所保存的从 A 到 B 的过渡含多少张图片</translation>
    </message>
    <message>
        <source>Save moving…</source>
        <translation>存为动图…</translation>
    </message>
    <message>
        <source>As a picture that moves: GIF, WebP or animated PNG</source>
        <translation>存为会动的图片：GIF、WebP 或动态 PNG</translation>
    </message>
    <message>
        <source>Save as PNGs…</source>
        <translation>存为 PNG…</translation>
    </message>
    <message>
        <source>As numbered PNG files in a folder</source>
        <translation>存为文件夹中带编号的 PNG 文件</translation>
    </message>
    <message>
        <source>S&amp;teps</source>
        <translation>步数(&amp;T)</translation>
    </message>
    <message>
        <source>A: {a}
B: {b}</source>
        <translation>A：{a}
B：{b}</translation>
    </message>
    <message>
        <source>A: {a}. Now choose another picture and mark it as B.</source>
        <translation>A：{a}。现在请选择另一张图片并标记为 B。</translation>
    </message>
    <message>
        <source>B: {b}. Now choose another picture and mark it as A.</source>
        <translation>B：{b}。现在请选择另一张图片并标记为 A。</translation>
    </message>
    <message>
        <source>Mark one picture as A and another as B, and go from one to the other.</source>
        <translation>将一张图片标记为 A，另一张标记为 B，即可从一张过渡到另一张。</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Drop a photo here</source>
        <translation>将照片拖放到这里</translation>
    </message>
    <message>
        <source>or many, or a whole folder: JPEG, PNG, TIFF, WebP, BMP, HEIC</source>
        <translation>也可以拖放多张或整个文件夹：JPEG、PNG、TIFF、WebP、BMP、HEIC</translation>
    </message>
    <message>
        <source>Open photos…</source>
        <translation>打开照片…</translation>
    </message>
    <message>
        <source>Try the sample photo</source>
        <translation>试用示例照片</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Choose photos to open (Ctrl+O)</source>
        <translation>选择要打开的照片 (Ctrl+O)</translation>
    </message>
    <message>
        <source>Open a damaged photo that comes with the program</source>
        <translation>打开程序附带的受损照片</translation>
    </message>
    <message>
        <source>Open the picture on the clipboard (Ctrl+V)</source>
        <translation>打开剪贴板中的图片 (Ctrl+V)</translation>
    </message>
    <message>
        <source>Paint over the damage</source>
        <translation>涂抹损伤处</translation>
    </message>
    <message>
        <source>Press Enter to repair</source>
        <translation>按 Enter 修复</translation>
    </message>
    <message>
        <source>Save; the original is kept</source>
        <translation>保存；原文件会保留</translation>
    </message>
    <message>
        <source>Opened before</source>
        <translation>以前打开过的</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>打开 {name}</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>The work on this photo is not being written down, so it has no session.</source>
        <translation>对这张照片的操作没有被记录，因此没有会话。</translation>
    </message>
    <message>
        <source>Pasted photo</source>
        <translation>粘贴的照片</translation>
    </message>
    <message>
        <source>There are no photos in “{folder}”.</source>
        <translation>“{folder}”中没有照片。</translation>
    </message>
    <message>
        <source>Your work on “{name}” cannot be kept safe from a crash just now. Save it soon.</source>
        <translation>目前无法防止“{name}”的工作因崩溃而丢失。请尽快保存。</translation>
    </message>
    <message>
        <source>The session has been saved as “{name}”.</source>
        <translation>会话已保存为“{name}”。</translation>
    </message>
</context>
<context>
    <name>_Bar</name>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>What exactly happened, to be copied for whoever helps you</source>
        <translation>具体情况，可复制给帮助您的人</translation>
    </message>
    <message>
        <source>Close this notice (Esc)</source>
        <translation>关闭此通知 (Esc)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>_Photos</name>
    <message>
        <source>Being opened…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Has repairs that are not saved</source>
        <translation>有未保存的修复</translation>
    </message>
</context>
<context>
    <name>_Regions</name>
    <message>
        <source>Damage</source>
        <translation>损伤</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>把握</translation>
    </message>
    <message>
        <source>Kept: will be repaired</source>
        <translation>保留：将会修复</translation>
    </message>
    <message>
        <source>Dropped: stays as it is</source>
        <translation>排除：保持原样</translation>
    </message>
</context>
<context>
    <name>_SizeSlider</name>
    <message>
        <source> px</source>
        <translation> 像素</translation>
    </message>
</context>
<context>
    <name>_Steps</name>
    <message>
        <source>Opened</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>{step}, the present state</source>
        <translation>{step}，当前状态</translation>
    </message>
    <message>
        <source>{step}, undone</source>
        <translation>{step}，已撤销</translation>
    </message>
</context>
</TS>
